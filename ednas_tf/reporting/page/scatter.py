"""Accuracy against a cost: one run among others."""

import dataclasses

from markupsafe import Markup

from ednas_tf.reporting.page import axes, charts, formats, svg

_SIZE = (620, 320)
_MARGINS = (22, 20, 46, 56)  # Above, right, below, left.
_DOT = 5
_FONT = 11


@dataclasses.dataclass(frozen=True)
class Point:
    """A network in the chart.

    Attributes:
        name: What a pointer sees.
        cost: Its cost, in the unit of the cost's name.
        accuracy: Share of one.
        label: What is written beside it; empty for none.
        kind: `front`, `other` (beaten by another) or `out` (over a budget).
        here: Whether the report is on it.
    """

    name: str
    cost: float
    accuracy: float
    label: str = ""
    kind: str = "other"
    here: bool = False


def scatter(points, cost, title, label, budget=None):
    """Draws networks by cost and accuracy.

    Args:
        points: `Point` values; at least one.
        cost: Name of the cost.
        title: Name of the upward axis.
        label: What the chart shows, for those who cannot see it.
        budget: Budget of the cost, marked by an upright line, or None.
    """
    values = [p.cost for p in points] + ([] if budget is None else [budget])
    unit, factor = formats.unit_of(cost, max(values))
    width, height = _SIZE
    above, right, below, left = _MARGINS
    across = axes.linear(
        [v / factor for v in _widened(values)], (left, width - right)
    )
    upward = axes.linear(
        [100 * p.accuracy for p in points], (height - below, above)
    )
    places = [
        (across(p.cost / factor), upward(100 * p.accuracy)) for p in points
    ]
    return svg.drawing(
        width,
        height,
        label,
        charts.frame(
            across, upward, _named(formats.word(cost), unit), f"{title}, %"
        ),
        _budget(budget, factor, across, upward),
        _front(points, places),
        *(_dot(p, xy, cost) for p, xy in zip(points, places, strict=True)),
        _labels(points, places, width),
    )


def _widened(values):
    """Returns values with some room on both sides."""
    low, high = min(values), max(values)
    room = (high - low) * 0.04
    return [max(0.0, low - room), high + room]


def _named(name, unit):
    return f"{name}, {unit}" if unit else name


def _budget(budget, factor, across, upward):
    if budget is None:
        return Markup("")
    x = across(budget / factor)
    return Markup("").join(
        [
            svg.line(x, upward.start, x, upward.end, class_="limit"),
            svg.text(x - 5, upward.end + 10, "budget", "end", class_="ink"),
        ]
    )


def _front(points, places):
    """Draws the steps between the networks that none beats."""
    front = sorted(
        xy for p, xy in zip(points, places, strict=True) if p.kind == "front"
    )
    steps = []
    for x, y in front:
        if steps:
            steps.append((x, steps[-1][1]))
        steps.append((x, y))
    return svg.path(steps, class_="s4") if len(steps) > 1 else Markup("")


def _dot(point, place, cost):
    x, y = place
    told = (
        f"{point.name}: {formats.percent(point.accuracy)}, "
        f"{formats.quantity(point.cost, cost)}"
    )
    dot = svg.element(
        "circle",
        svg.element("title", told),
        cx=x,
        cy=y,
        r=_DOT + 1 if point.here else _DOT,
        class_="here" if point.here else f"dot {point.kind}",
    )
    if not point.here:
        return dot
    return dot + svg.element("circle", cx=x, cy=y, r=_DOT + 5, class_="ring")


def _labels(points, places, width):
    """Writes labels beside their dots, where no other dot is in the way."""
    told = []
    for point, place in zip(points, places, strict=True):
        if not point.label:
            continue
        others = [other for other in places if other != place]
        x, y, anchor = _free(point.label, place, others, width)
        style = "strong" if point.here else None
        told.append(svg.text(x, y, point.label, anchor, class_=style))
    return Markup("").join(told)


def _free(label, place, others, width):
    """Returns where a label stands: beside, below or above its dot."""
    x, y = place
    wide = svg.width_of(label, _FONT)
    spots = [
        (x + 13, y + 4, None, x + 13),
        (x - 13, y + 4, "end", x - 13 - wide),
        (x, y + 24, "middle", x - wide / 2),
        (x, y - 16, "middle", x - wide / 2),
    ]
    for spot_x, base, anchor, left in spots:
        inside = _MARGINS[3] < left and left + wide < width
        if inside and not any(
            left - _DOT < a < left + wide + _DOT
            and base - _FONT - _DOT < b < base + _DOT
            for a, b in others
        ):
            return spot_x, base, anchor
    return spots[-1][:3]
