"""Values that no flag of ours can have, whatever its own bounds are."""

import math
import unicodedata

from absl import flags

from ednas_tf import errors

_OURS = "ednas_tf."
_UNFIT = ("Cc", "Cs", "Zl", "Zp")
"""Kinds of letters: control, half a letter, ends of lines and paragraphs."""
_LONGEST = 4096
"""Letters of the longest path."""
_SHOWN = 60
"""Letters of a value that an error repeats."""


def check():
    """Raises `UserError` for a value that would pass every bound."""
    for module, members in flags.FLAGS.flags_by_module_dict().items():
        if module.startswith(_OURS):
            for flag in members:
                _check(flag)


def _check(flag):
    if isinstance(flag.value, float) and not math.isfinite(flag.value):
        raise errors.UserError(
            f"Expected a finite number for --{flag.name}. Received: "
            f"{flag.value}"
        )
    listed = isinstance(flag.value, list)
    for text in (flag.value or [""]) if listed else [flag.value]:
        if isinstance(text, str):
            _check_text(flag.name, text)


def _check_text(name, text):
    """Refuses what a variable of a script leaves when it is not set.

    A line break would end the flag in `run.flags`; what is no Unicode cannot
    stand there.
    """
    if not text.strip():
        raise errors.UserError(
            f"Expected a value for --{name}. Received an empty one; without "
            "the flag its default is taken."
        )
    if len(text) > _LONGEST:
        raise errors.UserError(
            f"Expected at most {_LONGEST} letters for --{name}. Received: "
            f"{len(text)}"
        )
    if any(unicodedata.category(letter) in _UNFIT for letter in text):
        raise errors.UserError(
            f"Expected one line of Unicode for --{name}. Received: "
            f"{ascii(text[:_SHOWN])}"
        )
