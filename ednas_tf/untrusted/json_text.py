"""JSON that comes from elsewhere, as plain values of bounded size."""

import collections
import json
import re

from ednas_tf import errors

_MOST_LEVELS = 32
_MOST_DIGITS = 18  # So that a float, or a machine word, holds it.
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text, nonfinite=False):
    """Returns the values of JSON text; raises `UserError`.

    Refused is what `json` alone would take, and what breaks code that reads
    the values: NaN and infinity, a number of thousands of digits, half a
    character, hundreds of levels, and a key that comes twice.

    Args:
        text: The text; whoever reads it from a file bounds its size.
        nonfinite: Whether NaN and infinity may stand for numbers, and floats
            for whole numbers that are too long, such as the size of a space.
    """
    checks = {"parse_int": _whole_or_float}
    if not nonfinite:
        checks = {
            "parse_int": _whole,
            "parse_float": _real,
            "parse_constant": _refuse,
        }
    try:
        values = json.loads(text, object_pairs_hook=_unique, **checks)
        _check_levels(values)
        if _ESCAPED_HALF.search(text):
            json.dumps(values, ensure_ascii=False).encode()
    except errors.UserError:
        raise
    except RecursionError as error:
        raise errors.UserError("Not JSON: nested too deeply.") from error
    except UnicodeEncodeError as error:
        raise errors.UserError("Not JSON: it has half a character.") from error
    except ValueError as error:
        raise errors.UserError(f"Not JSON: {error}.") from error
    return values


def mapping(text, nonfinite=False):
    """Returns the dictionary of JSON text; see `parse`."""
    values = parse(text, nonfinite)
    if not isinstance(values, dict):
        raise errors.UserError(
            "Expected names with values in braces. Received: "
            f"{type(values).__name__}"
        )
    return values


def _unique(pairs):
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = collections.Counter(key for key, _ in pairs)
        twice = counts.most_common(1)[0][0]
        raise errors.UserError(
            f"Not JSON: the key {twice!r:.60} comes twice. Remove one of them."
        )
    return values


def _whole(digits):
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise errors.UserError(
            f"Expected whole numbers of up to {_MOST_DIGITS} digits. Received: "
            f"{digits[:30]}..."
        )
    return int(digits)


def _whole_or_float(digits):
    long = len(digits.lstrip("-")) > _MOST_DIGITS
    return float(digits) if long else int(digits)


def _real(digits):
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        _refuse(digits[:30])
    return value


def _refuse(word):
    raise errors.UserError(f"Expected finite numbers. Received: {word}")


def _check_levels(values):
    level = [values] if isinstance(values, (dict, list)) else []
    for _ in range(_MOST_LEVELS):
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise errors.UserError("Not JSON: nested too deeply.")
