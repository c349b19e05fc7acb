"""The rows of `comparison.csv`: one for each network that was trained."""

import dataclasses
import math
import pathlib
import typing

from ednas_tf import errors
from ednas_tf.runs import files, store
from ednas_tf.untrusted import csv_text


@dataclasses.dataclass(frozen=True)
class Row:
    """One network, trained, exported and evaluated; None where not known.

    Attributes:
        target: Name of the device, as in `tda2`.
        budget_us: Latency budget, in microseconds.
        level: Number of the budget of this target, from 1.
        contestant: Id of the way in which the network was found.
        seed: Seed of the search and of the training.
        member: Number of the draw; 0 for all but random draws.
        operations: Name of the operation in each slot, as in `dw3 dw5`.
        width: Factor of all channels.
        channels: Channels of the groups, if they were searched.
        latency_us: Counted cost of the architecture, in microseconds.
        file_us: The same, counted again from the exported int8 file.
        measured_us: Time of that file on this machine, if it is the target.
        accuracy: Share of right answers of the float network on the test split.
        accuracy_int8: The same for the int8 file.
        validation: Share of right answers of the float network on the
            validation split, on which no weights were trained.
        search_cpu_s: CPU seconds of the search, if there was one.
        train_cpu_s: CPU seconds of the final training.
        macs: Multiply-accumulates of one image.
        params: Number of parameters.
        code: Hash of the code that made the row, as far as known.
    """

    target: str
    budget_us: float
    level: int
    contestant: str
    seed: int
    member: int = 0
    operations: str = ""
    width: float | None = None
    channels: str = ""
    latency_us: float | None = None
    file_us: float | None = None
    measured_us: float | None = None
    accuracy: float | None = None
    accuracy_int8: float | None = None
    validation: float | None = None
    search_cpu_s: float | None = None
    train_cpu_s: float | None = None
    macs: int | None = None
    params: int | None = None
    code: str = ""

    @property
    def place(self):
        """What no other row of a comparison has."""
        return (
            self.target,
            self.level,
            self.contestant,
            self.seed,
            self.member,
        )


_KINDS = typing.get_type_hints(Row)
"""Type of each column, in the order of the file."""


def write(rows, path):
    """Writes rows as CSV, whole or not at all.

    Args:
        rows: `Row` values.
        path: File to write.

    Raises:
        UserError: If the rows contradict each other, see `check`.
    """
    rows = check(rows)
    path = pathlib.Path(path)
    store.Store(path.parent).write_rows(
        path.name, [dataclasses.asdict(row) for row in rows]
    )


def read(path):
    """Returns the rows of a CSV file.

    Args:
        path: File that `write` made.

    Returns:
        A list of `Row`; an empty cell is None, or no text.

    Raises:
        UserError: If it is no such file.
    """
    found = csv_text.rows(files.read_text(path))
    try:
        return check([_row(values) for values in found])
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def check(rows):
    """Returns the rows as a list if they can be of one comparison.

    Raises:
        UserError: If one run is there twice, a budget has two values, or an
            accuracy is no share.
    """
    rows, seen, budgets = list(rows), set(), {}
    for row in rows:
        if row.place in seen:
            raise errors.UserError(
                "Expected one row for each run. Received two for "
                f"{_name(row)}. Remove one of them."
            )
        seen.add(row.place)
        budget = budgets.setdefault((row.target, row.level), row.budget_us)
        if budget != row.budget_us:
            raise errors.UserError(
                f"Expected one budget for level {row.level} of {row.target}. "
                f"Received {budget:g} and {row.budget_us:g} us. Give each "
                "budget a level of its own."
            )
        _check_shares(row)
    return rows


def _check_shares(row):
    for name in ("accuracy", "accuracy_int8", "validation"):
        value = getattr(row, name)
        if value is not None and not 0 <= value <= 1:
            raise errors.UserError(
                f"Expected {name} from 0 to 1. Received: {value} in "
                f"{_name(row)}. Divide percent by 100."
            )


def _name(row):
    return (
        f"{row.target} level {row.level} {row.contestant} seed {row.seed} "
        f"member {row.member}"
    )


def _row(values):
    """Returns the row in a dictionary of text."""
    if set(values) != set(_KINDS):
        odd = sorted(set(values) ^ set(_KINDS), key=str)
        raise errors.UserError(
            f"Expected the columns {', '.join(_KINDS)}. Missing or unknown: "
            f"{', '.join(map(str, odd)):.200}."
        )
    return Row(**{name: _value(name, values[name]) for name in _KINDS})


def _value(name, text):
    """Returns the value of a cell."""
    kind, *nothing = typing.get_args(_KINDS[name]) or (_KINDS[name],)
    if nothing and not text:
        return None
    try:
        value = kind(text)
        if kind is str or math.isfinite(value):
            return value
    except (ValueError, OverflowError):
        pass
    raise errors.UserError(
        f"Expected a finite {kind.__name__} in column {name}. Received: "
        f"{text[:60]!r}."
    )
