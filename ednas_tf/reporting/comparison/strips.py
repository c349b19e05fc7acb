"""Strips: one dot for each seed, so that the spread is seen."""

from ednas_tf.reporting.page import axes, svg

_WIDTH, _ROW = 420, 34
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 14, 6, 24
_RADIUS = 4
_BESIDE = 4.0
"""Dots that are nearer than this times the radius are put side by side."""


def draw(groups, column):
    """Returns the drawing of one figure, or None where no group has it.

    Args:
        groups: `Group` values, one row each.
        column: The `Column` of the figure.
    """
    known = [
        (group, group.spreads[column.name])
        for group in groups
        if group.spreads[column.name] is not None
    ]
    if not known:
        return None
    values = [column.scaled(v) for _, spread in known for v in spread.values]
    scale = axes.linear(values, (_LEFT, _WIDTH - _RIGHT))
    height = _TOP + _ROW * len(known) + _BOTTOM
    return svg.drawing(
        _WIDTH,
        height,
        f"{column.title} of {len(values)} runs, a row for each setting",
        *_axis(scale, height - _BOTTOM),
        *(
            element
            for place, (group, spread) in enumerate(known)
            for element in _row(
                group, spread, column, scale, _TOP + _ROW * (place + 0.5)
            )
        ),
    )


def _axis(scale, bottom):
    for tick in scale.ticks:
        place = scale(tick)
        yield svg.line(place, _TOP, place, bottom, class_="grid")
        yield svg.text(place, bottom + 15, axes.told(tick), "middle")
    yield svg.line(scale.start, bottom, scale.end, bottom, class_="axis")


def _row(group, spread, column, scale, middle):
    """Yields name, range, mean and dots of one group."""
    yield svg.text(2, middle + 4, group.name, class_="strong")
    ends = [scale(column.scaled(v)) for v in (spread.smallest, spread.largest)]
    yield svg.line(ends[0], middle, ends[1], middle, class_="wire")
    mean = scale(column.scaled(spread.mean))
    yield svg.line(mean, middle - 13, mean, middle + 13, class_="mean")
    places = [scale(column.scaled(value)) for value in spread.values]
    for across, lane in _lanes(places):
        yield svg.element(
            "circle",
            cx=across,
            cy=middle + lane * _RADIUS * 1.6,
            r=_RADIUS,
            class_="dot",
        )


def _lanes(places):
    """Yields each place with a lane, so that equal figures are all seen."""
    lanes = {0: None, 1: None, -1: None}
    for place in sorted(places):
        free = [
            lane
            for lane, last in lanes.items()
            if last is None or place - last >= _RADIUS * _BESIDE / 2
        ]
        lane = free[0] if free else min(lanes, key=lanes.get)
        lanes[lane] = place
        yield place, lane
