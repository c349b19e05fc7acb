"""What a bad input is, and the command line of a small run."""

import dataclasses
from collections.abc import Callable

DATA = ("--dataset=digits", "--image_size=8", "--max_examples=300")
SMALL = (
    *DATA,
    "--batch_size=32",
    "--search_epochs=2",
    "--warmup_epochs=1",
    "--train_epochs=2",
    "--stem_kernel=3",
)
"""Flags of the runs that the cases begin with."""
RUN, NEW, ROOM = "{room}/run", "{room}/new", "{room}"
"""The copy of a finished run, a folder that is not there, and their parent."""


@dataclasses.dataclass(frozen=True)
class Case:
    """A command that must be refused.

    Attributes:
        subject: The flag or the file that is bad.
        text: What is bad about it.
        command: Name of the command.
        arguments: Its flags; `{room}` stands for the folder of the case.
        named: Words of which the error must have one.
        spoil: Function of the folder of the case that makes a file bad.
        codes: The exit codes that are right.
        seconds: After which it must have ended.
    """

    subject: str
    text: str
    command: str
    arguments: tuple
    named: tuple
    spoil: Callable | None = None
    codes: tuple = (1,)
    seconds: int = 20

    def __str__(self):
        return f"{self.command} {self.subject}: {self.text}"
