"""Targets against a slow loop, and by hand."""

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.detection import anchors, boxes, matching
from tests.detection import samples

GRID = anchors.grid([(3, 3), (2, 2), (1, 1)])


def overlap(first, second):
    """Overlap of two corners, number by number."""
    height = min(first[2], second[2]) - max(first[0], second[0])
    width = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(height, 0) * max(width, 0)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (first, second)]
    return shared / (sum(areas) - shared)


def slow_owners(rows, grid):
    """Returns the object of each anchor: its place, -1 none, -2 ignored."""
    places = [place for place, row in enumerate(rows) if row[0] >= 0]
    anchor_corners = [
        (y - h / 2, x - w / 2, y + h / 2, x + w / 2) for y, x, h, w in grid
    ]
    overlaps = {
        place: [overlap(rows[place, 1:5], corner) for corner in anchor_corners]
        for place in places
    }
    owners = []
    for anchor in range(len(grid)):
        best = max(places, key=lambda p: overlaps[p][anchor], default=None)
        value = overlaps[best][anchor] if places else 0
        owners.append(best if value >= 0.5 else -2 if value >= 0.4 else -1)
    # The strongest claim comes last, so it stays.
    for place in sorted(places, key=lambda p: max(overlaps[p])):
        owners[int(np.argmax(overlaps[place]))] = place
    return owners


@pytest.mark.parametrize("seed", range(8))
def test_targets_equal_a_slow_loop(seed):
    labels = samples.labels(np.random.default_rng(seed))
    found = matching.targets(labels, GRID, num_classes=3)
    for image, rows in enumerate(labels):
        owners = np.array(slow_owners(rows, GRID))
        positives = owners >= 0
        np.testing.assert_array_equal(found.positives[image], positives)
        np.testing.assert_array_equal(found.weights[image], owners != -2)
        classes = np.where(positives, rows[owners, 0], -1)
        expected = classes[:, None] == np.arange(3)
        np.testing.assert_array_equal(found.classes[image], expected)
        decoded = boxes.decode(found.offsets[image], GRID).numpy()
        expected = rows[owners[positives], 1:5]
        np.testing.assert_allclose(decoded[positives], expected, atol=1e-5)


def test_the_slow_loop_meets_every_case():
    owners, low = [], 0
    for seed in range(8):
        for rows in samples.labels(np.random.default_rng(seed)):
            owners += slow_owners(rows, GRID)
            best = boxes.iou(rows[:, 1:5], boxes.corners(GRID).numpy(), k=np)
            low += (best[rows[:, 0] >= 0].max(axis=1) < 0.5).any()
    assert {-2, -1, 0, 5} <= set(owners)
    assert low > 0


def test_an_image_without_objects_is_all_background():
    labels = np.full((1, 4, 6), [-1, 0, 0, 0, 0, 0], np.float32)
    found = matching.targets(labels, GRID, num_classes=2)
    assert not np.any(found.classes)
    assert not np.any(found.offsets)
    assert np.all(found.weights)


def test_a_small_object_gets_its_best_anchor():
    labels = np.array([[[1, 0.48, 0.48, 0.52, 0.52, 0]]], np.float32)
    found = matching.targets(labels, GRID, num_classes=2)
    # The smallest square anchor of the middle place of the 3x3 map.
    assert np.flatnonzero(found.positives) == [4 * 6]
    assert np.argmax(found.classes[0, 4 * 6]) == 1


def test_of_two_objects_at_one_anchor_the_nearer_keeps_it():
    rows = [[0, 0.40, 0.40, 0.6, 0.6, 0], [1, 0.35, 0.35, 0.6, 0.6, 0]]
    grid = np.array([[0.5, 0.5, 0.9, 0.9]], np.float32)
    found = matching.targets(np.array([rows], np.float32), grid, 2)
    np.testing.assert_array_equal(found.classes, [[[0, 1]]])


def test_objects_that_evaluations_ignore_are_learnt():
    row = [0, 0.1, 0.1, 0.6, 0.6, 1]
    found = matching.targets(np.array([[row]], np.float32), GRID, 1)
    assert np.sum(found.positives) > 0


def test_an_object_without_area_is_no_target():
    row = [0, 0.5, 0.5, 0.5, 0.5, 0]
    found = matching.targets(np.array([[row]], np.float32), GRID, 1)
    assert not np.any(found.positives)


def test_targets_are_made_in_a_graph_of_any_batch():
    signature = [tf.TensorSpec((None, None, 6))]
    graph = tf.function(
        lambda labels: matching.targets(labels, GRID, 3),
        input_signature=signature,
    )
    labels = samples.labels(np.random.default_rng(0))
    expected = matching.targets(labels, GRID, 3)
    for one, other in zip(graph(labels), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
