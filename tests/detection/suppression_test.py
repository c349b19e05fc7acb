"""What stays of overlapping boxes, by hand and against a slow loop."""

import numpy as np
import pytest

from ednas_tf.detection import anchors, boxes, suppression

GRID = anchors.grid([(3, 3)])


def slow_suppression(corners, scores, largest_overlap):
    """Greedy suppression of one class: places of what stays."""
    left = [p for p in np.argsort(-scores) if scores[p] > 0.01]
    kept = []
    while left:
        kept.append(left.pop(0))
        best = corners[kept[-1]][None]
        overlaps = boxes.iou(corners[left], best, k=np)[:, 0]
        pairs = zip(left, overlaps, strict=True)
        left = [p for p, value in pairs if value <= largest_overlap]
    return kept


def _outputs(seed=0, images=2, classes=3):
    rng = np.random.default_rng(seed)
    offsets = rng.normal(size=(images, len(GRID), 4)) * 1.5
    scores = rng.random((images, len(GRID), classes)) ** 3
    return offsets.astype(np.float32), scores.astype(np.float32)


@pytest.mark.parametrize("seed", range(4))
def test_detections_equal_a_slow_loop(seed):
    offsets, scores = _outputs(seed)
    found = suppression.detections(offsets, scores, GRID)
    for image in range(2):
        corners = np.clip(boxes.decode(offsets[image], GRID), 0, 1)
        for place in range(3):
            rows = found[image][found[image][:, 0] == place]
            column = scores[image, :, place]
            kept = slow_suppression(corners, column, 0.45)
            np.testing.assert_allclose(rows[:, 1], column[kept])
            np.testing.assert_allclose(rows[:, 2:], corners[kept], atol=1e-6)


def test_the_best_comes_first_and_no_more_than_asked():
    found = suppression.detections(*_outputs(), GRID, most=5)
    for rows in found:
        assert rows.shape == (5, 6)
        assert rows.dtype == np.float32
        assert np.all(np.diff(rows[:, 1]) <= 0)


def test_images_beyond_one_batch_keep_their_places():
    offsets, scores = _outputs(images=70)
    found = suppression.detections(offsets, scores, GRID)
    assert len(found) == 70
    alone = suppression.detections(offsets[66:67], scores[66:67], GRID)
    np.testing.assert_allclose(found[66], alone[0], rtol=1e-5)


def test_low_scores_find_nothing():
    offsets, scores = _outputs()
    found = suppression.detections(offsets, scores * 0 + 0.01, GRID)
    assert [rows.shape for rows in found] == [(0, 6), (0, 6)]


def test_boxes_outside_of_the_image_are_left_out():
    offsets, scores = _outputs(images=1)
    offsets[..., :2] = 1000.0
    assert suppression.detections(offsets, scores, GRID)[0].shape == (0, 6)


def test_two_classes_may_share_a_place():
    scores = np.zeros((1, len(GRID), 2), np.float32)
    scores[0, 4 * 6] = [0.9, 0.8]
    offsets = np.zeros((1, len(GRID), 4), np.float32)
    (found,) = suppression.detections(offsets, scores, GRID)
    # The smaller square in the middle of a 3x3 map has sides of 0.45.
    place = [0.275, 0.275, 0.725, 0.725]
    expected = [[0, 0.9, *place], [1, 0.8, *place]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
