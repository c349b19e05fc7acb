"""Mean average precision: by hand, by scikit-learn, and by a slow sum."""

import fractions

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ednas_tf.detection import mean_average_precision
from tests.detection import samples

LEFT = [0.0, 0.0, 1.0, 0.4]
MIDDLE = [0.0, 0.4, 1.0, 0.6]
RIGHT = [0.0, 0.6, 1.0, 1.0]

VERDICTS = st.lists(st.booleans(), min_size=1, max_size=12)


def labels(*images):
    """Returns labels of images, each a list of `(class, corners, ignored)`."""
    found = np.full((len(images), 4, 6), -1.0, np.float32)
    for image, rows in zip(found, images, strict=True):
        for place, (number, corners, ignored) in enumerate(rows):
            image[place] = [number, *corners, ignored]
    return found


def detections(*images):
    """Returns detections, each image a list of `(class, score, corners)`."""
    return [
        np.array([[number, score, *place] for number, score, place in rows])
        for rows in images
    ]


def evaluate(found, there, num_classes=1):
    return mean_average_precision.evaluate(found, there, num_classes)


def curve_of(right, num_objects):
    return mean_average_precision.curve(np.array(right), num_objects)


def test_a_worked_example():
    there = labels([(0, LEFT, 0), (0, RIGHT, 0)], [(0, LEFT, 0)])
    found = detections(
        [(0, 0.9, LEFT), (0, 0.8, LEFT), (0, 0.6, RIGHT)],
        [(0, 0.7, LEFT), (0, 0.5, RIGHT)],
    )
    # By score: right, twice (wrong), right, right, wrong. Recalls 1/3, 2/3,
    # 1 are reached at precisions 1, 2/3 and 3/4; the last outdoes the second.
    row = evaluate(found, there)["per_class"][0]
    assert row["objects"] == 3
    assert row["average_precision"] == pytest.approx((1 + 0.75 + 0.75) / 3)
    # Recalls 0 to 0.3 have precision 1, the seven others 3/4.
    expected = (4 * 1 + 7 * 0.75) / 11
    assert row["average_precision_11_points"] == pytest.approx(expected)


def test_means_are_over_classes_with_objects():
    there = labels([(0, LEFT, 0), (2, RIGHT, 0), (3, MIDDLE, 1)])
    found = detections([(0, 0.9, LEFT), (1, 0.9, LEFT), (3, 0.9, LEFT)])
    result = evaluate(found, there, num_classes=4)
    assert result["classes_without_objects"] == 2
    assert result["mean_average_precision"] == 0.5
    assert result["mean_average_precision_11_points"] == 0.5
    received = [row["average_precision"] for row in result["per_class"]]
    assert received == [1.0, None, 0.0, None]


def test_an_ignored_object_is_neither_right_nor_wrong_nor_missing():
    there = labels([(0, LEFT, 1), (0, RIGHT, 0)])
    found = detections([(0, 0.9, LEFT), (0, 0.8, LEFT), (0, 0.7, RIGHT)])
    row = evaluate(found, there)["per_class"][0]
    assert row["objects"] == 1
    assert row["average_precision"] == 1.0


def test_a_duplicate_is_wrong_even_if_another_object_is_near_enough():
    wide = [0.0, 0.0, 1.0, 0.8]
    objects = np.array([[0.0, 0.0, 1.0, 0.7], [0.0, 0.1, 1.0, 1.0]])
    # The wide one overlaps the objects by 7/8 and by 7/10.
    found = np.array([[0.0, 0.0, 1.0, 0.7], wide])
    ignored = np.zeros(2, bool)
    received = mean_average_precision.judge(found, objects, ignored)
    np.testing.assert_array_equal(received, [1, 0])


@pytest.mark.parametrize(("end", "expected"), [(0.5, 1.0), (0.49, 0.0)])
def test_half_is_overlap_enough(end, expected):
    there = labels([(0, [0.0, 0.0, 1.0, 1.0], 0)])
    found = detections([(0, 0.9, [0.0, 0.0, 1.0, end])])
    assert evaluate(found, there)["mean_average_precision"] == expected


def test_objects_of_another_image_or_class_are_not_found():
    there = labels([(0, LEFT, 0), (1, RIGHT, 0)], [(1, RIGHT, 0)])
    found = detections([(0, 0.9, RIGHT), (1, 0.9, LEFT)], [(0, 0.8, LEFT)])
    assert evaluate(found, there, 2)["mean_average_precision"] == 0.0


def test_nothing_found_or_nothing_there_is_zero():
    nothing = [np.zeros((0, 6), np.float32)]
    there = labels([(0, LEFT, 0)])
    assert evaluate(nothing, there)["mean_average_precision"] == 0.0
    empty = evaluate(nothing, labels([]))
    assert empty["mean_average_precision"] == 0.0
    assert empty["classes_without_objects"] == 1


@settings(deadline=None, max_examples=100)
@given(VERDICTS, st.integers(0, 5))
def test_area_equals_a_slow_sum(right, missed):
    num_objects = sum(right) + missed
    assume(num_objects)
    precisions = [
        (sum(right[: n + 1]), fractions.Fraction(sum(right[: n + 1]), n + 1))
        for n in range(len(right))
    ]
    expected = sum(
        max((value for hits, value in precisions if hits >= count), default=0)
        for count in range(1, num_objects + 1)
    )
    area = mean_average_precision.area_under(*curve_of(right, num_objects))
    assert area == pytest.approx(float(expected / num_objects))


@settings(deadline=None, max_examples=100)
@given(VERDICTS, st.integers(0, 19))
def test_mean_at_points_equals_a_slow_sum(right, missed):
    num_objects = sum(right) + missed
    assume(num_objects)
    hits = np.cumsum(right)
    best = [
        max(
            (
                h / (n + 1)
                for n, h in enumerate(hits)
                if 10 * h >= t * num_objects
            ),
            default=0,
        )
        for t in range(11)
    ]
    mean = mean_average_precision.mean_at_points(*curve_of(right, num_objects))
    assert mean == pytest.approx(sum(best) / 11)


@settings(deadline=None, max_examples=100)
@given(VERDICTS, st.integers(0, 5))
def test_area_is_at_least_that_of_scikit_learn(right, missed):
    # It does not look to greater recalls, so it is equal where precision
    # never rises from one found object to the next.
    assume(any(right))
    scores = -np.arange(len(right))
    num_objects = sum(right) + missed
    share = sum(right) / num_objects
    expected = sklearn.metrics.average_precision_score(right, scores) * share
    recall, precision = curve_of(right, num_objects)
    area = mean_average_precision.area_under(recall, precision)
    assert area >= expected - 1e-9
    if np.all(np.diff(precision[right]) <= 0):
        assert area == pytest.approx(expected)


def _random(seed, images=6):
    """Returns labels, and detections that are near some of the objects."""
    rng = np.random.default_rng(seed)
    there = samples.labels(rng, batch=images)
    found = []
    for rows in there:
        near = np.concatenate([rows[:, 1:5], rows[:, 1:5]])
        near = near + rng.normal(0, 0.03, near.shape)
        numbers = np.tile(rows[:, 0], 2)
        numbers = np.where(rng.random(12) < 0.8, numbers, 2)
        columns = numbers, rng.random(12), *near.T
        found.append(np.stack(columns, axis=1)[numbers >= 0])
    return there, found


@pytest.mark.parametrize("seed", range(4))
def test_order_of_images_and_rows_does_not_matter(seed):
    there, found = _random(seed)
    expected = evaluate(found, there, 3)
    assert 0.1 < expected["mean_average_precision"] < 1
    order = np.random.default_rng(seed).permutation(len(there))
    mixed = [found[place][::-1] for place in order]
    assert evaluate(mixed, there[order, ::-1], 3) == expected


def test_only_the_order_of_scores_matters():
    there, found = _random(0)
    expected = evaluate(found, there, 3)
    for rows in found:
        rows[:, 1] = rows[:, 1] ** 3 / 2
    assert evaluate(found, there, 3) == expected


def test_detections_of_other_images_are_refused():
    with pytest.raises(ValueError, match="2 and 1"):
        evaluate(detections([], []), labels([]))
