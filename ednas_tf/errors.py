"""Mistakes of a user, and the exit code that each of them ends in."""

import difflib


class UserError(ValueError):
    """A wrong flag, file or name: one clear line, exit code 1."""

    exit_code = 1


class BudgetError(UserError):
    """No architecture of the space meets the budgets: exit code 3."""

    exit_code = 3


class DivergenceError(UserError):
    """Training left the finite numbers: exit code 4."""

    exit_code = 4


def first_line(error):
    """Returns the first line of what an exception says, or its kind."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def unknown_name(kind, name, known):
    """Returns the error for a name that is not known, with the nearest one.

    Args:
        kind: What the name stands for, as in "operation".
        name: The name that came.
        known: The names that would have been accepted.

    Returns:
        A `UserError`, to be raised by the caller.
    """
    known = sorted(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return UserError(
        f"Unknown {kind} '{name!s:.100}'.{hint} Expected one of: "
        f"{', '.join(known)}."
    )
