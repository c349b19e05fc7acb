"""Axes of charts: round ticks, and numbers to places on the paper."""

import dataclasses
import math

from ednas_tf.reporting.page import formats

_STEPS = (1, 2, 2.5, 5, 10)
_DECADE = (1, 2, 5)
_EVEN = 1e-12


@dataclasses.dataclass(frozen=True)
class Scale:
    """Maps values of one axis to pixels.

    Attributes:
        low, high: Values at the ends.
        start, end: Pixels at the ends.
        log: Whether equal ratios, not differences, get equal lengths.
        ticks: Values that are told.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    ticks: tuple = ()

    def __call__(self, value):
        """Returns the pixel of a value."""
        low, high, value = (self._bent(v) for v in (self.low, self.high, value))
        share = (value - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def _bent(self, value):
        return math.log10(value) if self.log else value


def linear(values, pixels, zero=False, most=5):
    """Returns the `Scale` of values, with round ticks.

    Args:
        values: Finite numbers; at least one.
        pixels: Pixels at the ends.
        zero: Whether the axis begins at 0.
        most: Largest number of steps.
    """
    low, high = min(values), max(values)
    low = min(low, 0.0) if zero else low
    if high - low <= _EVEN * max(abs(high), 1e-9):
        room = abs(high) * 0.1 or 1.0
        low, high = (low if zero else low - room), high + room
    step = _step((high - low) / most)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(place * step for place in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], *pixels, ticks=ticks)


def logarithmic(values, pixels):
    """Returns the `Scale` of positive values over several decades."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    marks = _DECADE if high - low <= 2 else (1,)
    every = 1 + (high - low - 1) // 5
    ticks = [
        mark * 10.0**power
        for power in range(low, high, every)
        for mark in marks
    ]
    return Scale(10.0**low, 10.0**high, *pixels, True, (*ticks, 10.0**high))


def whole(low, high, pixels, most=6):
    """Returns the `Scale` of whole numbers, as epochs are."""
    if high <= low:
        high = low + 1
    step = max(1, math.ceil((high - low) / most))
    step = next((n for n in (1, 2, 5, 10, 20, 50) if n >= step), step)
    ticks = [low, *(n for n in range(step, high, step) if n > low)]
    if high - ticks[-1] < step / 2 and len(ticks) > 1:
        ticks.pop()
    return Scale(low, high, *pixels, ticks=(*ticks, high))


def told(value):
    """Returns the label of a tick."""
    for least, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= least:
            factor = {"G": 1e9, "M": 1e6, "k": 1e3}[unit]
            return f"{formats.number(value / factor, 6)} {unit}"
    return formats.number(round(value, 10), 6)


def _step(least):
    """Returns the smallest round step that is large enough."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in _STEPS if n * power >= least * (1 - _EVEN))
