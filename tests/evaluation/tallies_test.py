"""Figures of each task from batches of answers."""

import numpy as np
import pytest
from sklearn import metrics

from ednas_tf import errors, evaluation, tasks
from ednas_tf.detection import anchors, boxes

_GRID = anchors.grid([(4, 4)])


def outputs(probabilities, name="probabilities"):
    return {name: np.asarray(probabilities, np.float32)}


def test_agreement_counts_the_examples_that_differ():
    tally = evaluation.tally(tasks.CLASSIFICATION, 2)
    left, right = np.eye(2)[[0, 1, 1, 1]], np.eye(2)[[0, 1, 1, 0]]
    tally.add(outputs(left), outputs(right), np.zeros(4, int))
    result = tally.result()
    assert (result["agreement"], result["largest_difference"]) == (0.75, 1.0)
    assert result["accuracy"] == 0.25


def test_batches_are_summed():
    tally = evaluation.tally(tasks.CLASSIFICATION, 2)
    for labels, classes in (([0, 1, 0], [0, 1, 1]), ([1], [1])):
        found = outputs(np.eye(2)[classes])
        tally.add(found, found, np.array(labels))
    result = tally.result()
    assert (result["accuracy"], result["examples"]) == (0.75, 4)


def test_several_labels_are_averaged_by_scikit_learn():
    rng = np.random.default_rng(0)
    scores, labels = rng.uniform(size=(40, 3)), rng.integers(0, 2, (40, 3))
    tally = evaluation.tally(tasks.MULTILABEL, 3)
    for rows in (slice(0, 15), slice(15, 40)):
        found = outputs(scores[rows])
        tally.add(found, found, labels[rows].astype(np.float32))
    expected = metrics.average_precision_score(labels, scores, average="macro")
    result = tally.result()["mean_average_precision"]
    assert result == pytest.approx(expected, rel=1e-5)


def test_classes_that_never_occur_are_left_out():
    tally = evaluation.tally(tasks.MULTILABEL, 2)
    found = outputs([[0.9, 0.2], [0.1, 0.3]])
    tally.add(found, found, np.float32([[1, 0], [0, 0]]))
    result = tally.result()
    assert result["mean_average_precision"] == 1.0
    assert result["per_class"] == [1.0, None]


def test_several_labels_agree_class_by_class():
    tally = evaluation.tally(tasks.MULTILABEL, 2)
    labels = np.zeros((2, 2), np.float32)
    left, right = [[0.6, 0.2], [0.4, 0.4]], [[0.4, 0.2], [0.4, 0.4]]
    tally.add(outputs(left), outputs(right), labels)
    assert tally.result()["agreement"] == 0.75


def test_a_detector_that_finds_all_is_precise():
    place = 3 * 4 * 6  # An anchor of the fourth row.
    scores = np.full((1, len(_GRID), 2), 0.001, np.float32)
    scores[0, place, 1] = 0.9
    found = {"scores": scores, "boxes": np.zeros((1, len(_GRID), 4), "f")}
    labels = np.full((1, 2, 6), -1, np.float32)
    corners = np.asarray(boxes.corners(_GRID[place]))
    labels[0, 0] = [1, *np.clip(corners, 0, 1), 0]
    tally = evaluation.tally(tasks.DETECTION, 2, _GRID)
    tally.add(found, found, labels)
    result = tally.result()
    assert result["mean_average_precision"] == pytest.approx(1.0)
    assert (result["agreement"], result["examples"]) == (1.0, 1)


def test_detectors_agree_on_what_either_finds():
    scores = np.zeros((1, len(_GRID), 2), np.float32)
    left, right = scores.copy(), scores.copy()
    left[0, :4, 0], right[0, 1:4, 0] = 0.9, 0.9
    shifts = np.zeros((1, len(_GRID), 4), np.float32)
    labels = np.full((1, 1, 6), -1, np.float32)
    tally = evaluation.tally(tasks.DETECTION, 2, _GRID)
    tally.add(
        {"scores": left, "boxes": shifts},
        {"scores": right, "boxes": shifts},
        labels,
    )
    assert tally.result()["agreement"] == 0.75


def test_outputs_of_another_network_are_told():
    tally = evaluation.tally(tasks.CLASSIFICATION, 2)
    with pytest.raises(errors.UserError, match="Run the export again"):
        tally.add(outputs(np.eye(3)), outputs(np.eye(2)), np.zeros(2, int))


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        (tasks.CLASSIFICATION, np.array([2])),
        (tasks.MULTILABEL, np.zeros((1, 3), np.float32)),
        (tasks.DETECTION, np.full((1, 1, 6), 2, np.float32)),
    ],
)
def test_labels_of_other_classes_are_told(task, labels):
    tally = evaluation.tally(task, 2, _GRID)
    found = {**outputs(np.zeros((1, 2))), **outputs(np.zeros((1, 2)), "scores")}
    with pytest.raises(errors.UserError, match="it was trained on"):
        tally.add(found, found, labels)
