"""Numbers as a reader wants them: units, thousands, no false precision."""

import math

from ednas_tf.reporting import forms

NONE = "–"
"""What stands where there is no figure."""
SPACE = "\N{NO-BREAK SPACE}"
"""What stands between a figure and its unit."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TIMES = ((1, "µs"), (1e4, "ms", 1e3), (1e7, "s", 1e6))
_ENERGIES = ((1, "µJ"), (1e4, "mJ", 1e3), (1e7, "J", 1e6))
_SIZES = ((1, "B"), (1024, "KiB", 1024), (1024 * 1e4, "MiB", 1024**2))
_COUNTS = ((1, ""), (1e4, "k", 1e3), (1e6, "M", 1e6), (1e9, "G", 1e9))
UNITS = {
    "latency_us": _TIMES,
    "energy_uj": _ENERGIES,
    "memory_bytes": _SIZES,
    "peak_ram_bytes": _SIZES,
    "bytes": _SIZES,
    "macs": _COUNTS,
    "params": _COUNTS,
}
"""Units of a cost: from which value on, its name, and how much it is."""
WORDS = {
    "latency_us": "Latency",
    "energy_uj": "Energy",
    "memory_bytes": "Memory of weights",
    "peak_ram_bytes": "Peak RAM",
    "macs": "Multiply-accumulates",
    "params": "Parameters",
    "accuracy": "Accuracy",
    "mean_average_precision": "Mean average precision",
}
"""Names of figures for readers."""


def word(name):
    """Returns the name of a figure for readers."""
    return WORDS.get(name, str(name).replace("_", " "))


def number(value, digits=4):
    """Returns a number with so many significant digits, integers whole.

    Args:
        value: The number, or None.
        digits: Significant digits of what is no large number.
    """
    if not isinstance(value, forms.NUMBER) or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if not -4 <= exponent < 15:
        shown = f"{value / 10**exponent:.{min(digits, 2) - 1}f}"
        return (
            f"{shown}{SPACE}×{SPACE}10{str(exponent).translate(_SUPERSCRIPT)}"
        )
    places = max(0, digits - 1 - exponent)
    shown = f"{value:,.{places}f}"
    shown = shown.rstrip("0").rstrip(".") if places else shown
    return shown.replace("-", "−")


def percent(share, places=2):
    """Returns a share of one as text in percent."""
    if not forms.finite(share):
        return NONE
    return f"{share * 100:.{places}f}{SPACE}%"


def unit_of(name, value):
    """Returns the unit in which a cost is shown, and how much it is.

    Args:
        name: Name of the cost.
        value: A value of the size that will be shown.
    """
    found = ("", 1)
    size = abs(value) if forms.finite(value) else 0
    for least, unit, *factor in UNITS.get(name, ((1, ""),)):
        if size >= least or not factor:
            found = (unit, *factor) if factor else (unit, 1)
    return found


def quantity(value, name, like=None):
    """Returns a cost with its unit, as `12.5 ms`.

    Args:
        value: The cost, in the unit of its name, or None.
        name: Name of the cost.
        like: Another value, whose unit is to be used.
    """
    if not forms.finite(value):
        return NONE
    unit, factor = unit_of(name, value if like is None else like)
    return f"{number(value / factor)}{SPACE}{unit}".strip()


def fixed(value, places):
    """Returns a number with so many decimal places, for columns."""
    if not forms.finite(value):
        return number(value)
    return f"{value:,.{places}f}".replace("-", "−")


def alike(value, name, largest, digits=3):
    """Returns a cost with the unit and the decimal places of another.

    Args:
        value: The cost, in the unit of its name.
        name: Name of the cost.
        largest: The largest value of the column; positive.
        digits: Significant digits of the largest.
    """
    unit, factor = unit_of(name, largest)
    places = max(0, digits - 1 - math.floor(math.log10(largest / factor)))
    shown = fixed(value / factor, places)
    least = 10.0**-places
    if 0 < value / factor < least / 2:
        shown = f"<{SPACE}{least:.{places}f}"
    return f"{shown}{SPACE}{unit}".strip()


def duration(seconds):
    """Returns a time for people, as `1 min 8 s`."""
    if not forms.finite(seconds):
        return NONE
    if seconds < 60:
        return f"{number(seconds, 3)}{SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s"


def day(moment):
    """Returns the day and the time of a moment, as `23 November 2026`."""
    if moment is None:
        return NONE
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def sentence(text):
    """Returns a text with a large first letter and without a full stop."""
    return text[:1].upper() + text[1:].rstrip(".")


def plural(count, noun):
    """Returns a count with its noun, as `1 epoch` or `2 epochs`."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"
