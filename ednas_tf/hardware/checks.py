"""Checks of values that come from files: each returns the value or raises."""

import math

from ednas_tf import errors

_LARGEST = 1e18  # Far above any cost, and sums of it are still finite.
_HIGHEST = 2**31 - 1  # TFLite has no larger sizes.


def positive(value, what, optional=False):
    """Returns a finite number above zero as it came.

    Args:
        value: What the file holds.
        what: What it stands for, with the unit.
        optional: Whether None may stand for "not known".
    """
    if (value is None and optional) or (_finite(value) and value > 0):
        return value
    raise _unexpected("a positive number", what, value)


def not_negative(value, what, optional=False):
    """Returns a finite number that is at least zero as it came."""
    if (value is None and optional) or (_finite(value) and value >= 0):
        return value
    raise _unexpected("a number of at least 0", what, value)


def whole(value, what, low=1, optional=False):
    """Returns an integer of at least `low` as it came."""
    if value is None and optional:
        return value
    if isinstance(value, int) and _finite(value) and low <= value <= _HIGHEST:
        return value
    raise _unexpected(f"a whole number from {low} to {_HIGHEST}", what, value)


def text(value, what, optional=False):
    """Returns a text that is not empty as it came."""
    if value is None and optional:
        return value
    if isinstance(value, str) and value.strip():
        return value
    raise _unexpected("a text", what, value)


def one_of(value, what, known):
    """Returns a name that is one of `known`."""
    if not isinstance(value, str) or value not in known:
        raise errors.unknown_name(what, _shown(value), known)
    return value


def mapping(value, what, required=(), optional=()):
    """Returns a mapping that has all required keys and no unknown ones."""
    if not isinstance(value, dict):
        raise _unexpected("names with values", what, value)
    for key in required:
        if key not in value:
            raise errors.UserError(
                f"Expected '{key}' in {what}, which lacks it."
            )
    for key in value:
        one_of(key, f"key of {what}", (*required, *optional))
    return value


def _finite(value):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and abs(value) <= _LARGEST and math.isfinite(value)


def _unexpected(expected, what, value):
    return errors.UserError(
        f"Expected {expected} as {what}. Received: {_shown(value)}"
    )


def _shown(value):
    """Returns a value on one short line."""
    plain = isinstance(value, str) and value.isprintable()
    shown = value if plain else repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
