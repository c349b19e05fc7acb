"""How alphas become probabilities (Eq. 14, 15)."""

import hypothesis
import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf
from hypothesis import strategies as st

from ednas_tf import errors, layers
from ednas_tf.layers import gates

ALPHA = np.array([1.0, -2.0, 0.5], np.float32)


def gate(sampling="gumbel", alpha=ALPHA, seed=0):
    layer = layers.Gate(len(alpha), sampling=sampling, seed=seed)
    layer.alpha.assign(alpha)
    return layer


def draw(layer, temperature=1.0, num_paths=2):
    """Draws with a temperature that is a tensor, as in the searcher."""
    return np.asarray(layer(tf.constant(temperature), num_paths=num_paths))


@hypothesis.settings(deadline=None, max_examples=30, derandomize=True)
@hypothesis.given(
    alpha=st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=8),
    sampling=st.sampled_from(gates.SAMPLINGS),
    temperature=st.floats(0.01, 100.0),
)
def test_rows_sum_to_one(alpha, sampling, temperature):
    drawn = draw(gate(sampling, alpha), temperature, num_paths=3)
    assert drawn.shape == (3, len(alpha))
    assert (drawn >= 0.0).all()
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0, rtol=0, atol=1e-5)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_relax_is_equation_15(temperature):
    theta = scipy.special.softmax(ALPHA.astype(float))
    uniform = np.array([0.2, 0.9, 0.5])
    noisy = np.log(theta) - np.log(-np.log(uniform))
    expected = np.exp(noisy / temperature) / np.exp(noisy / temperature).sum()
    received = gates.relax(np.log(theta), uniform, temperature)
    np.testing.assert_allclose(received, expected, rtol=1e-5)


def test_relax_by_hand():
    # With u = exp(-1) the noise is -log(1) = 0 everywhere: theta comes back.
    logits = np.log(np.float32([0.2, 0.3, 0.5]))
    uniform = np.full(3, np.exp(-1.0), np.float32)
    received = gates.relax(logits, uniform, 1.0)
    np.testing.assert_allclose(received, [0.2, 0.3, 0.5], rtol=1e-5)


def test_a_low_temperature_is_one_hot():
    drawn = draw(gate(), 1e-4, num_paths=50)
    np.testing.assert_allclose(drawn.max(axis=1), 1.0, rtol=0, atol=1e-3)


def test_a_high_temperature_is_uniform():
    drawn = draw(gate(), 1e6, num_paths=50)
    np.testing.assert_allclose(drawn, 1 / 3, rtol=0, atol=1e-4)


def test_hard_draws_are_one_hot_with_the_gradient_of_the_soft():
    uniform = np.float32([[0.2, 0.9, 0.5]])
    upstream = np.float32([[1.0, 2.0, 4.0]])
    results = []
    for hard in (True, False):
        logits = tf.constant(ALPHA[None])
        with tf.GradientTape() as tape:
            tape.watch(logits)
            drawn = gates.relax(logits, uniform, 2.0, hard)
            loss = tf.reduce_sum(drawn * upstream)
        results.append((drawn, tape.gradient(loss, logits)))
    (one_hot, received), (soft, expected) = results
    np.testing.assert_allclose(np.sort(one_hot), [[0, 0, 1]], atol=1e-6)
    assert np.argmax(one_hot) == np.argmax(soft)
    np.testing.assert_allclose(received, expected, rtol=1e-5)


@pytest.mark.parametrize("sampling", ["gumbel", "hard"])
def test_frequencies_of_draws_are_the_softmax_of_alpha(sampling):
    num_draws = 20_000
    drawn = draw(gate(sampling), 0.5, num_paths=num_draws)
    counts = np.bincount(drawn.argmax(axis=1), minlength=3)
    expected = scipy.special.softmax(ALPHA.astype(float)) * num_draws
    assert scipy.stats.chisquare(counts, expected).pvalue > 0.001


def test_softmax_ignores_noise_and_temperature():
    expected = np.tile(scipy.special.softmax(ALPHA), (2, 1))
    received = draw(gate("softmax"), 0.1)
    np.testing.assert_allclose(received, expected, rtol=1e-5)
    np.testing.assert_allclose(gate().probabilities(), expected[0], rtol=1e-5)


def test_paths_and_steps_draw_on_their_own():
    layer = gate()
    drawn = [draw(layer) for _ in range(2)]
    rows = np.concatenate(drawn)
    assert len(np.unique(rows.round(6), axis=0)) == 4


def test_the_seed_repeats_the_draws():
    np.testing.assert_array_equal(draw(gate(seed=3)), draw(gate(seed=3)))


def test_a_new_gate_is_undecided():
    np.testing.assert_allclose(layers.Gate(4).probabilities(), 0.25)


def test_an_unknown_sampling_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'gumbel'"):
        layers.Gate(3, sampling="gumble")


def test_config_brings_the_layer_back():
    layer = layers.Gate(3, sampling="hard", seed=5, name="slot_gate")
    values = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(values)
    again.set_weights(layer.get_weights())
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(draw(again), draw(layer))


@pytest.mark.parametrize("sampling", ["gumbel", "softmax", "hard"])
def test_what_is_not_possible_is_never_drawn(sampling):
    layer = layers.Gate(3, sampling=sampling, seed=1)
    layer.allow((True, False, True))
    layer.alpha.assign([0.0, 50.0, 0.0])
    np.testing.assert_allclose(layer.probabilities(), [0.5, 0.0, 0.5])
    rows = np.concatenate(
        [layer(keras.ops.array(0.1), num_paths=4) for _ in range(5)]
    )
    np.testing.assert_array_equal(rows[:, 1], 0.0)
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, rtol=1e-6)


def test_what_is_not_possible_has_no_gradient():
    layer = layers.Gate(3, sampling="softmax")
    layer.allow((True, False, True))
    with tf.GradientTape() as tape:
        value = layer(keras.ops.array(1.0))[0, 0]
    gradient = tape.gradient(value, layer.alpha.value)
    np.testing.assert_allclose(gradient, [0.25, 0.0, -0.25], atol=1e-7)


@pytest.mark.parametrize("possible", [(True,), (False, False)])
def test_something_must_be_possible(possible):
    with pytest.raises(ValueError, match="must hold 2 truth values"):
        layers.Gate(2).allow(possible)


def test_all_is_possible_again():
    layer = layers.Gate(2)
    layer.allow((True, False))
    layer.allow()
    np.testing.assert_allclose(layer.probabilities(), [0.5, 0.5])
