"""Values as C++ source."""

import re
import string

import numpy as np

_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation)
_PER_LINE = 12


def text(value):
    """Returns a string literal of any text, in plain ASCII.

    Octal escapes have three digits, so that no character that follows joins
    them; an escaped question mark begins no trigraph.
    """
    plain = (_PLAIN | {" "}) - set('"\\?')
    parts = [
        chr(byte) if chr(byte) in plain else f"\\{byte:03o}"
        for byte in value.encode()
    ]
    return '"' + "".join(parts) + '"'


def number(value):
    """Returns a float literal that reads back as the same 32-bit float."""
    digits = f"{np.float32(value):.9g}"
    return f"{digits}f" if {*digits} & {*".e"} else f"{digits}.0f"


def row(values):
    """Returns what initialises a short array."""
    return "{" + ", ".join(values) + "}"


def table(values):
    """Returns what initialises a long array of integers, lines of twelve.

    Args:
        values: Array of integers of any shape, which is written flat.
    """
    flat = [str(value) for value in np.ravel(values).tolist()]
    lines = [
        "    " + ", ".join(flat[place : place + _PER_LINE]) + ",\n"
        for place in range(0, len(flat), _PER_LINE)
    ]
    return "{\n" + "".join(lines) + "}"


def integers(source, name):
    """Returns the integers of an array that `table` made, flat.

    Args:
        source: The text of a file.
        name: Name of the array.
    """
    found = re.search(
        rf"\b{re.escape(name)}(?:\[\w*\])+ = (.*?);", source, re.S
    )
    return [int(digits) for digits in re.findall(r"-?\d+", found.group(1))]


def identifier(name):
    """Returns a name in capitalised words that C++ takes, as `MyTensor`.

    Args:
        name: Any text; what C++ has no letter for separates words.
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() else f"Tensor{joined}"
