"""Labels beside the points of a drawing, none upon another."""

import dataclasses
import itertools
import math

from ednas_tf.reporting.page import svg

_SIZE = 11
_HEIGHT = 12
_DISTANCES = (11, 16, 22, 30, 40, 52, 66)
_ANGLES = (0, -90, 180, 90, -45, -135, 45, 135)
"""Degrees, clockwise from the right."""
_SAME = 2.5
"""Points that are nearer than this, in pixels, share a label."""


@dataclasses.dataclass(frozen=True)
class Label:
    """A text beside a point.

    Attributes:
        text: The text.
        anchor: Place of the point.
        box: Left, top, right and bottom of the text.
    """

    text: str
    anchor: tuple
    box: tuple

    @property
    def center(self):
        """Middle of the text."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    @property
    def is_far(self):
        """Whether a line is needed to see whose it is."""
        return math.dist(self.center, self.anchor) > _DISTANCES[1] + 4


def place(points, frame, radius, path=()):
    """Places a label beside each point; points upon another share one.

    Args:
        points: Pairs of a place, `(x, y)` in pixels, and a text.
        frame: Left, top, right and bottom that no label leaves.
        radius: Radius of the marks of the points.
        path: Corners of a line of upright and level pieces to stay off.

    Returns:
        `Label` values.
    """
    spots = _merged(points)
    taken = [_around(spot, radius) for spot, _ in points]
    taken += [_along(*ends) for ends in itertools.pairwise(path)]
    placed = []
    for spot, texts in spots:
        text = ", ".join(texts)
        box = _free(spot, text, frame, taken)
        taken.append(box)
        placed.append(Label(text, spot, box))
    return placed


def _merged(points):
    """Returns places with the texts of all points there."""
    spots = []
    for spot, text in points:
        for other, texts in spots:
            if math.dist(spot, other) <= _SAME:
                texts.append(text)
                break
        else:
            spots.append((spot, [text]))
    return spots


def _free(spot, text, frame, taken):
    """Returns the nearest box that meets no other, or meets least."""
    width = svg.width_of(text, _SIZE)
    boxes = [
        _beside(spot, distance, angle, width)
        for distance in _DISTANCES
        for angle in _ANGLES
    ]
    inside = [box for box in boxes if _shared(box, frame) >= _area(box) - 1e-6]
    return min(
        inside or boxes, key=lambda box: sum(_shared(box, t) for t in taken)
    )


def _beside(spot, distance, angle, width):
    turn = math.radians(angle)
    across, down = math.cos(turn), math.sin(turn)
    x = spot[0] + across * (distance + width / 2 - 4)
    y = spot[1] + down * (distance + 1)
    return (
        x - width / 2,
        y - _HEIGHT / 2,
        x + width / 2,
        y + _HEIGHT / 2,
    )


def _around(spot, radius):
    x, y = spot
    return (x - radius, y - radius, x + radius, y + radius)


def _along(start, end):
    """Returns the box of a piece of a line, a pixel wider."""
    (x1, y1), (x2, y2) = start, end
    return (min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1)


def _area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(box, other):
    """Returns the area that two boxes share."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(0.0, width) * max(0.0, height)
