"""The loss of a detector, by hand and in all three frameworks."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from ednas_tf.detection import anchors, losses, matching
from tests.detection import samples

GRID = anchors.grid([(2, 2), (1, 1)])
LOSS = losses.DetectionLoss(GRID, 3)


def _batch(seed=0):
    rng = np.random.default_rng(seed)
    predictions = rng.normal(size=(2, len(GRID), 7)).astype(np.float32)
    return samples.labels(rng), predictions


def test_a_start_at_the_bias_scores_one_in_a_hundred():
    score = 1 / (1 + np.exp(-losses.SCORE_BIAS))
    assert score == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("is_class", "expected"),
    [(1, 0.25 * 0.2**2 * -np.log(0.8)), (0, 0.75 * 0.8**2 * -np.log(0.2))],
)
def test_focal_loss_by_hand(is_class, expected):
    logit = np.float32(np.log(4))  # A score of 0.8.
    received = losses.focal(np.float32(is_class), logit)
    assert float(received) == pytest.approx(expected, rel=1e-5)


def test_focal_loss_is_that_of_keras():
    rng = np.random.default_rng(0)
    classes = (rng.random((50, 1)) < 0.5).astype(np.float32)
    logits = rng.normal(size=(50, 1)).astype(np.float32) * 3
    oracle = keras.losses.BinaryFocalCrossentropy(
        apply_class_balancing=True, alpha=0.25, gamma=2, from_logits=True
    )
    received = np.mean(losses.focal(classes, logits))
    assert received == pytest.approx(float(oracle(classes, logits)), rel=1e-4)


@pytest.mark.parametrize("logit", [-200.0, 200.0])
def test_focal_loss_of_sure_answers_has_finite_gradients(logit):
    logits = tf.constant([logit, logit])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = losses.focal(tf.constant([0.0, 1.0]), logits)
    assert np.isfinite(loss).all()
    assert np.isfinite(tape.gradient(loss, logits)).all()


def test_smooth_l1_by_hand():
    errors = np.array([0.0, 0.5, -0.5, 1.0, -3.0], np.float32)
    expected = [0.0, 0.125, 0.125, 0.5, 2.5]
    np.testing.assert_allclose(losses.smooth_l1(errors), expected)


def test_a_perfect_answer_costs_nothing():
    labels, _ = _batch()
    targets = matching.targets(labels, GRID, 3)
    logits = 40.0 * (2 * targets.classes - 1)
    perfect = tf.concat([targets.offsets, logits], axis=-1)
    np.testing.assert_allclose(LOSS(labels, perfect), 0, atol=1e-6)


def test_an_empty_image_costs_the_sum_of_its_scores():
    labels = np.full((1, 2, 6), [-1, 0, 0, 0, 0, 0], np.float32)
    predictions = np.zeros((1, 30, 7), np.float32)
    # 30 anchors, 3 classes, all at a score of one half.
    expected = 30 * 3 * 0.75 * 0.25 * np.log(2)
    np.testing.assert_allclose(LOSS(labels, predictions), expected, rtol=1e-5)


def test_both_parts_are_divided_by_the_anchors_that_find_something():
    labels, predictions = _batch()
    targets = matching.targets(labels, GRID, 3)
    count = np.sum(targets.positives, axis=1)
    assert np.all(count > 1)
    # All boxes one off in each number: 4 * 0.5 for each positive.
    predictions[..., :4] = targets.offsets + 1
    scores, places = LOSS.parts(labels, predictions)
    np.testing.assert_allclose(places, 2.0, rtol=1e-5)
    every = np.sum(losses.focal(targets.classes, predictions[..., 4:]), -1)
    expected = np.sum(every * targets.weights, axis=1) / count
    np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_anchors_between_object_and_background_feel_no_loss():
    labels, predictions = _batch()
    targets = matching.targets(labels, GRID, 3)
    between = np.equal(targets.weights, 0)
    assert between.any()
    changed = predictions + 3 * between[..., None].astype(np.float32)
    np.testing.assert_allclose(LOSS(labels, changed), LOSS(labels, predictions))


def test_loss_of_an_image_does_not_depend_on_its_batch():
    labels, predictions = _batch()
    together = LOSS(labels, predictions)
    assert together.shape == (2,)
    for place in range(2):
        one = LOSS(labels[place : place + 1], predictions[place : place + 1])
        np.testing.assert_allclose(one, together[place : place + 1], rtol=1e-5)


@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "tf_keras"])
def test_both_versions_of_keras_learn_with_it(k):
    inputs = k.Input((len(GRID), 7))
    model = k.Sequential([inputs, k.layers.Dense(7)])
    model.compile(k.optimizers.Adam(0.05), loss=LOSS)
    labels, predictions = _batch()
    history = model.fit(predictions, labels, epochs=8, verbose=0)
    received = history.history["loss"]
    assert received[-1] < 0.9 * received[0]


def test_half_precision_gives_a_loss_in_full_precision():
    labels, predictions = _batch()
    half = predictions.astype(np.float16)
    received = LOSS(labels, half)
    assert received.dtype == tf.float32
    np.testing.assert_allclose(received, LOSS(labels, predictions), rtol=1e-2)


def test_a_wrong_number_of_anchors_is_told():
    labels, predictions = _batch()
    with pytest.raises(ValueError, match=r"here \(batch, 30, 7\)"):
        LOSS(labels, predictions[:, 1:])
