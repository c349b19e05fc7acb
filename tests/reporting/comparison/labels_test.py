"""Labels of points do not lie upon one another."""

import itertools
import random

import pytest

from ednas_tf.reporting.comparison import labels

_FRAME = (0, 0, 700, 400)


def _overlap(a, b):
    return (
        min(a[2], b[2]) - max(a[0], b[0]) > 1e-6
        and min(a[3], b[3]) - max(a[1], b[1]) > 1e-6
    )


@pytest.mark.parametrize("seed", range(5))
def test_fifty_labels_meet_neither_each_other_nor_the_frame(seed):
    draw = random.Random(seed)
    points = [
        ((draw.uniform(20, 680), draw.uniform(20, 380)), str(n))
        for n in range(50)
    ]
    boxes = [label.box for label in labels.place(points, _FRAME, 4)]
    assert not any(_overlap(*two) for two in itertools.combinations(boxes, 2))
    for left, top, right, bottom in boxes:
        assert left >= 0 and top >= 0 and right <= 700 and bottom <= 400


def test_points_upon_another_share_a_label():
    points = [((50, 50), "1"), ((200, 90), "2"), ((51, 50), "3")]
    found = labels.place(points, _FRAME, 4)
    assert [label.text for label in found] == ["1, 3", "2"]


def test_label_stays_off_a_line():
    line = [(0, 50), (100, 50)]
    (label,) = labels.place([((50, 50), "1")], _FRAME, 4, line)
    assert not _overlap(label.box, (0, 49, 100, 51))
