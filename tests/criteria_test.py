"""Losses and figures of each task."""

import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from ednas_tf import criteria, tasks
from ednas_tf.spaces import presets
from tests import small


def test_smoothed_cross_entropy_by_hand():
    logits = small.normal(3, 4)
    labels = np.array([0, 3, 1])
    targets = 0.9 * np.eye(4)[labels] + 0.1 / 4
    logs = scipy.special.log_softmax(logits, axis=1)
    criterion = criteria.Criterion(tasks.CLASSIFICATION, 4, 0.1)
    received = criterion(labels, logits)
    np.testing.assert_allclose(received, -np.sum(targets * logs, 1), rtol=1e-5)


def test_several_labels_are_a_cross_entropy_each():
    logits = small.normal(3, 4)
    labels = np.float32([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]])
    p = scipy.special.expit(logits)
    each = -labels * np.log(p) - (1 - labels) * np.log(1 - p)
    received = criteria.Criterion(tasks.MULTILABEL, 4)(labels, logits)
    np.testing.assert_allclose(received, each.sum(axis=1), rtol=1e-5)


def test_smoothing_moves_both_answers_towards_one_half():
    logits, labels = np.zeros((1, 2), "float32"), np.float32([[1, 0]])
    criterion = criteria.Criterion(tasks.MULTILABEL, 2, 0.2)
    tilted = criterion(labels, logits + np.float32([[1, -1]]))
    # Targets 0.9 and 0.1, both logits one towards the right answer.
    expected = 2 * (np.log1p(np.exp(-1)) + 0.1)
    np.testing.assert_allclose(tilted, [expected], rtol=1e-5)


def test_the_loss_of_keras_is_the_mean_over_examples():
    criterion = criteria.Criterion(tasks.MULTILABEL, 4)
    logits, labels = small.normal(5, 4), np.ones((5, 4), "float32")
    received = float(criteria.Loss(criterion)(labels, logits))
    mean = np.mean(criterion(labels, logits))
    assert received == pytest.approx(mean, rel=1e-6)


def slopes(loss, value):
    """Returns the value and the gradient of a strict loss of a number."""
    x = tf.constant(value)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = criteria.strict(loss(x))
    return float(total), float(tape.gradient(total, x))


def test_a_finite_loss_is_what_it_was():
    assert slopes(lambda x: 3.0 * x, 2.0) == (6.0, 3.0)


def test_a_loss_that_is_not_finite_has_no_finite_gradient():
    value, gradient = slopes(lambda x: 1e38 * x, 100.0)
    assert np.isnan([value, gradient]).all()


def test_the_loss_of_keras_is_strict():
    logits = tf.constant([[-3e38, 3e38]])
    criterion = criteria.Criterion(tasks.CLASSIFICATION, 2)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = criteria.Loss(criterion)(np.array([0]), logits)
    assert np.isnan(tape.gradient(value, logits)).all()


@pytest.mark.parametrize(
    ("task", "names"),
    [
        (tasks.CLASSIFICATION, ["accuracy"]),
        (tasks.MULTILABEL, ["pr_auc"]),
        (tasks.DETECTION, []),
    ],
)
def test_an_epoch_shows_the_figures_of_the_task(task, names):
    found = criteria.Criterion(task, 3).metrics()
    assert [metric.name for metric in found] == names


def test_a_detector_has_anchors_at_all_of_its_places():
    skeleton = presets.build(
        "mobile", (64, 64, 3), 2, task=tasks.DETECTION, stem_kernel=3
    )
    criterion = criteria.of(skeleton)
    # Strides 8, 16 and 32: maps of 8, 4 and 2, six anchors at each place.
    assert criterion.anchors.shape == (6 * (64 + 16 + 4), 4)
    outputs = np.zeros((2, 6 * 84, 4 + 2), "float32")
    labels = np.full((2, 3, 6), -1, "float32")
    assert np.all(np.asarray(criterion(labels, outputs)) > 0)


def test_other_networks_have_no_anchors():
    assert criteria.grid(small.skeleton()) is None


@pytest.mark.parametrize("task", [tasks.CLASSIFICATION, tasks.MULTILABEL])
def test_nothing_imitates_better_than_the_same_answers(task):
    logits = tf.Variable(small.normal(3, 4))
    loss = criteria.Imitation(task)
    single = task == tasks.CLASSIFICATION
    answer = tf.nn.softmax if single else tf.sigmoid
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(loss(answer(small.normal(3, 4)), logits))
    np.testing.assert_allclose(tape.gradient(value, logits), 0, atol=1e-6)
    assert np.all(loss(answer(logits + small.normal(3, 4, seed=1)), logits) > 0)


def test_a_detector_imitates_scores_everywhere_and_boxes_where_objects_are():
    answers = {
        "scores": np.float32([[[0.8], [0.0]]]),
        "boxes": np.zeros((1, 2, 4), "float32"),
    }
    logits = np.float32([np.log(4), -50])  # Sigmoids 0.8 and 0.
    outputs = np.zeros((1, 2, 5), "float32")
    outputs[0, :, 4] = logits
    outputs[0, 1, :4] = 3.0  # The box of nothing.
    loss = criteria.Imitation(tasks.DETECTION)
    entropy = -0.8 * np.log(0.8) - 0.2 * np.log(0.2)
    np.testing.assert_allclose(loss(answers, outputs), [entropy], rtol=1e-4)
    outputs[0, 0, :4] = 0.5  # Half of a square each, 0.8 times.
    expected = entropy + 0.8 * 4 * 0.125
    np.testing.assert_allclose(loss(answers, outputs), [expected], rtol=1e-4)
