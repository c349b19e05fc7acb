"""What `python -m ednas_tf` does: list the commands, help a shell."""

from ednas_tf import __version__, errors
from ednas_tf.config import commands, completion

_COMPLETION = "--completion"
_HELP = {"-h", "-?", "--help", "--helpshort", "--helpfull"}
_END = """
Start with: python -m ednas_tf.search --flagfile=demo.flags
For TAB:    source <(python -m ednas_tf --completion=bash), or zsh"""


def answer(argv):
    """Prints what is asked for and returns the exit code.

    Args:
        argv: The program and its arguments.
    """
    if len(argv) > 2:
        raise errors.UserError(
            f"Expected at most one argument. Received: {' '.join(argv[1:])}"
        )
    asked = argv[1] if len(argv) > 1 else "--help"
    name, _, value = asked.partition("=")
    if asked in _HELP:
        print(listed())
    elif asked == "--version":
        print(f"ednas_tf {__version__}")
    elif name == _COMPLETION:
        print(completion.script(value))
    else:
        raise _mistake(asked)
    return 0


def listed():
    """Returns the commands, a line each, and where to begin."""
    width = max(map(len, commands.COMMANDS))
    lines = [
        f"  python -m ednas_tf.{name.ljust(width)}  {text}"
        for name, text in commands.COMMANDS.items()
    ]
    return "\n".join(["Commands, each with --helpshort:", *lines]) + _END


def _mistake(asked):
    """Returns the error for an argument that is none of ours."""
    if asked in commands.COMMANDS:
        return errors.UserError(
            f"Expected a dot: `python -m ednas_tf.{asked}`. Received: "
            f"`python -m ednas_tf {asked}`"
        )
    if asked.startswith("-"):
        return errors.unknown_name(
            "flag", asked, ["--help", "--version", _COMPLETION]
        )
    return errors.unknown_name("command", asked, commands.COMMANDS)
