"""The drawing of accuracy against cost, a numbered mark for each run."""

import itertools

from ednas_tf.reporting.comparison import labels
from ednas_tf.reporting.page import axes, charts, svg

_WIDTH, _HEIGHT = 760, 430
_LEFT, _TOP, _RIGHT, _BOTTOM = 48, 24, 14, 38
_ROOM = 0.04
"""Beside the outermost points, as a share of their distance."""
_RADIUS = 4.5


def draw(comparison, columns):
    """Returns the drawing, or None with fewer than two points.

    Args:
        comparison: A `Comparison`.
        columns: The `Column` of each figure, by name.
    """
    if len(comparison.drawn) < 2:
        return None
    across, up = columns[comparison.cost], columns[comparison.quality]
    points = {
        entry.number: (
            across.scaled(entry.figures[across.name]),
            up.scaled(entry.figures[up.name]),
        )
        for entry in comparison.drawn
    }
    x = axes.linear(
        _widened([x for x, _ in points.values()]),
        (_LEFT, _WIDTH - _RIGHT),
        most=8,
    )
    y = axes.linear(
        _widened([y for _, y in points.values()]),
        (_HEIGHT - _BOTTOM, _TOP),
        most=7,
    )
    spots = {number: (x(a), y(b)) for number, (a, b) in points.items()}
    steps = _steps(comparison.front, spots, x.end)
    return svg.drawing(
        _WIDTH,
        _HEIGHT,
        f"{up.title} of {len(points)} runs against {across.title}",
        charts.frame(x, y, across.title, up.title),
        svg.path(steps, class_="s4") if steps else svg.element("g"),
        *_marks(comparison, spots),
        *_numbers(spots, steps),
    )


def _widened(values):
    room = (max(values) - min(values)) * _ROOM
    return min(values) - room, max(values) + room


def _steps(front, spots, end):
    """Returns the corners below which every point is dominated."""
    corners = []
    for before, after in itertools.pairwise(front):
        (left, high), (right, _) = spots[before.number], spots[after.number]
        corners += [(left, high), (right, high)]
    if front:
        last = spots[front[-1].number]
        corners += [last, (end, last[1])]
    return corners


def _marks(comparison, spots):
    front = {entry.number for entry in comparison.front}
    for entry in comparison.drawn:
        across, down = spots[entry.number]
        kinds = ["dot"]
        kinds += ["front"] if entry.number in front else []
        kinds += ["out"] if entry.met is False or entry.is_reference else []
        yield svg.element(
            "circle",
            svg.element("title", f"{entry.number}: {entry.label}"),
            cx=across,
            cy=down,
            r=_RADIUS,
            class_=" ".join(kinds),
        )


def _numbers(spots, steps):
    frame = (_LEFT, _TOP, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM)
    points = [(spot, str(number)) for number, spot in spots.items()]
    for label in labels.place(points, frame, _RADIUS, steps):
        x, y = label.center
        if label.is_far:
            yield svg.line(*label.anchor, x, y, class_="leader")
        yield svg.text(x, y + 4, label.text, "middle", class_="ink halo")
