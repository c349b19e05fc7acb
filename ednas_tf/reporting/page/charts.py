"""Small charts, drawn by ourselves so that all have one look.

A chart is made to be read at its own size, so that letters stay legible on a
telephone, and takes colours and dashes from the style of the page.
"""

import dataclasses

from markupsafe import Markup

from ednas_tf.reporting import forms
from ednas_tf.reporting.page import axes, svg

WIDTH, HEIGHT = 400, 220
_TOP, _BOTTOM, _LEFT = 14, 34, 48
_FONT = 11
_LINE = 14
_WIDEST_LABEL = 110
_DECADES = 20.0
"""Ratio of values from which on an axis of losses is logarithmic."""
STYLES = 5
"""Number of line styles, `s0`, `s1` and so on, that the page knows."""


@dataclasses.dataclass(frozen=True)
class Series:
    """A line of a chart.

    Attributes:
        name: What its end is marked with; empty for nothing.
        points: Pairs of x and y; those that are not finite are left out.
        style: Number of the line style, 0 to 4.
    """

    name: str
    points: tuple
    style: int = 0

    @property
    def drawn(self):
        """The points that can be drawn."""
        return [p for p in self.points if all(map(forms.finite, p))]


def lines(series, label, y_title, warmup=0, limit=None, steep=False):
    """Draws lines over epochs.

    Args:
        series: `Series` values; those without a point are left out.
        label: What the chart shows, for those who cannot see it.
        y_title: Name of the upward axis with its unit.
        warmup: Last epoch of the warm-up, which is shaded; 0 without one.
        limit: Pair of a name and a value that is marked by a level line.
        steep: Whether the axis may be logarithmic.

    Returns:
        The drawing, or None if there is nothing to draw.
    """
    series = [one for one in series if one.drawn]
    if not series:
        return None
    names = [one.name for one in series] + ([limit[0]] if limit else [])
    right = min(_WIDEST_LABEL, max(svg.width_of(n, _FONT) for n in names)) + 12
    xs = [int(x) for one in series for x, _ in one.drawn]
    ys = [y for one in series for _, y in one.drawn]
    across = axes.whole(min(xs), max(xs), (_LEFT, WIDTH - right))
    upward = _upward([*ys, *([limit[1]] if limit else [])], steep)
    return svg.drawing(
        WIDTH,
        HEIGHT,
        label,
        _warmup(warmup, across),
        frame(across, upward, "epoch", y_title),
        _limit(limit, across, upward),
        *(_line(one, across, upward) for one in series),
        _ends(series, limit, across, upward),
    )


def _upward(values, steep):
    pixels = (HEIGHT - _BOTTOM, _TOP)
    if steep and min(values) > 0 and max(values) > _DECADES * min(values):
        return axes.logarithmic(values, pixels)
    return axes.linear(values, pixels, zero=min(values) >= 0)


def frame(across, upward, x_title, y_title):
    """Draws grid, ticks, the level axis and the titles."""
    left, right, bottom = across.start, across.end, upward.start
    grid = [
        svg.line(left, upward(tick), right, upward(tick), class_="grid")
        for tick in upward.ticks
    ]
    marks = [
        svg.text(left - 6, upward(tick) + 4, axes.told(tick), "end")
        for tick in upward.ticks
    ]
    feet = [
        svg.text(across(tick), bottom + 15, axes.told(tick), "middle")
        for tick in across.ticks
    ]
    titles = [
        svg.text((left + right) / 2, bottom + 30, x_title, "middle"),
        svg.text(left, upward.end - 5, y_title, class_="ink"),
    ]
    axis = svg.line(left, bottom, right, bottom, class_="axis")
    return Markup("").join([*grid, axis, *marks, *feet, *titles])


def _warmup(last, across):
    if last <= across.low:
        return Markup("")
    end = across(min(last, across.high))
    return Markup("").join(
        [
            svg.rectangle(
                across.start,
                _TOP,
                end - across.start,
                HEIGHT - _TOP - _BOTTOM,
                class_="zone",
                title=f"Warm-up, to epoch {last}",
            ),
            svg.text(across.start + 4, HEIGHT - _BOTTOM - 5, "warm-up"),
        ]
    )


def _limit(limit, across, upward):
    if limit is None:
        return Markup("")
    level = upward(limit[1])
    return svg.line(across.start, level, across.end, level, class_="limit")


def _line(one, across, upward):
    points = [(across(x), upward(y)) for x, y in one.drawn]
    if len(points) == 1:
        ((x, y),) = points
        return svg.element("circle", cx=x, cy=y, r=3, class_=f"t{one.style}")
    return svg.path(points, class_=f"s{one.style}")


def _ends(series, limit, across, upward):
    """Writes each name beside the end of its line, without overlaps."""
    wanted = [
        (upward(one.drawn[-1][1]), one.name, f"t{one.style}") for one in series
    ]
    if limit is not None:
        wanted.append((upward(limit[1]), limit[0], "ink"))
    wanted.sort(key=lambda entry: entry[0])
    places = apart([y for y, *_ in wanted], (_TOP, HEIGHT - _BOTTOM))
    return Markup("").join(
        svg.text(
            across.end + 8,
            y + 4,
            svg.shortened(name, _WIDEST_LABEL, _FONT),
            class_=style,
        )
        for y, (_, name, style) in zip(places, wanted, strict=True)
        if name
    )


def apart(wanted, bounds, least=_LINE):
    """Returns places near the wanted ones that are far enough apart.

    Args:
        wanted: Places in rising order.
        bounds: Lowest and highest place.
        least: Least distance of neighbours.
    """
    places, floor = [], bounds[0]
    for place in wanted:
        places.append(max(place, floor))
        floor = places[-1] + least
    ceiling = max(bounds[1], bounds[0] + least * (len(wanted) - 1))
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - least
    return places
