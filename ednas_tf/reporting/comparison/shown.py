"""Figures as columns: one unit and one number of places for all rows."""

import dataclasses
import math

from ednas_tf.reporting import forms
from ednas_tf.reporting.comparison import figures
from ednas_tf.reporting.page import formats

_DIGITS = 4
_WORDS = {
    figures.SIZE: "Size of int8",
    figures.SECONDS: "Search",
    "memory_bytes": "Weights",
    "macs": "MACs",
}
_UNITS = {figures.SIZE: "bytes"}
"""Figures that are told in the units of another one."""
_NAMES = {"k": "thousand", "M": "million", "G": "billion"}


@dataclasses.dataclass(frozen=True)
class Column:
    """How the figures of one name are shown.

    Attributes:
        name: Name of the figure.
        label: What a reader calls it.
        unit: Its unit, or empty.
        factor: How much a unit is, in the unit of the name.
        places: Digits after the point.
    """

    name: str
    label: str
    unit: str
    factor: float
    places: int

    @property
    def inner(self):
        """Label as within a sentence."""
        if self.label[:2].isupper():
            return self.label
        return self.label[:1].lower() + self.label[1:]

    @property
    def title(self):
        """Label and unit, as the head of a column."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def scaled(self, value):
        """Returns a figure in the unit that is shown."""
        return value / self.factor

    def text(self, value):
        """Returns a figure as text; a dash without one."""
        if not forms.finite(value):
            return formats.NONE
        return f"{self.scaled(value):,.{self.places}f}".replace("-", "−")

    def spread(self, spread):
        """Returns mean and standard deviation as text."""
        if spread is None:
            return formats.NONE
        if spread.deviation is None:
            return self.text(spread.mean)
        return f"{self.text(spread.mean)} ± {self.text(spread.deviation)}"

    def range(self, spread):
        """Returns the extremes as text."""
        if spread is None:
            return formats.NONE
        low, high = self.text(spread.smallest), self.text(spread.largest)
        return low if low == high else f"{low} to {high}"


def column(name, values, headline):
    """Returns the `Column` of a figure.

    Args:
        name: Name of the figure, see `figures.NAMES`.
        values: All figures that are shown by it; other things are passed over.
        headline: Name of the figure that tells how good a network is.
    """
    largest = max((abs(v) for v in values if forms.finite(v)), default=0)
    if name in figures.QUALITIES:
        label = f"{formats.word(headline)}, {name}"
        return Column(name, label, "%", 0.01, 2)
    label = _WORDS.get(name, formats.word(name))
    if name == figures.SECONDS:
        unit, factor = ("min", 60) if largest >= 600 else ("s", 1)
        return Column(name, label, unit, factor, 1)
    unit, factor = formats.unit_of(_UNITS.get(name, name), largest)
    unit = _NAMES.get(unit, unit)
    return Column(name, label, unit, factor, _places(largest / factor))


def _places(largest):
    """Returns the places that give the largest number its digits."""
    if largest <= 0:
        return 0
    return max(0, _DIGITS - 1 - math.floor(math.log10(largest)))


def columns(comparison):
    """Returns the `Column` of each figure of a comparison, by name."""
    headlines = {entry.record.headline for entry in comparison.entries}
    headline = headlines.pop() if len(headlines) == 1 else "accuracy"
    return {
        name: column(
            name,
            [entry.figures[name] for entry in comparison.entries],
            headline,
        )
        for name in comparison.figures
    }


def setting(value):
    """Returns the value of a flag as text."""
    if value is None:
        return formats.NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(setting, value))
    if isinstance(value, float):
        return formats.number(value)
    return str(value)
