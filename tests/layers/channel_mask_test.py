"""Masks of channels: binary forward, identity backward, nothing passes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors, layers
from ednas_tf.layers import channel_mask
from tests import small


def gate_with(alpha, channels=5, multiple=1):
    """Returns a gate with these alphas."""
    gate = layers.ChannelGate(channels, multiple)
    gate.alpha.assign(np.float32(alpha))
    return gate


def gradient(gate, function):
    """Returns the gradient of `function()` with respect to the alphas."""
    with tf.GradientTape() as tape:
        value = function()
    return np.asarray(tape.gradient(value, gate.alpha.value))


def test_all_channels_stay_at_first():
    gate = layers.ChannelGate(5)
    np.testing.assert_array_equal(gate.mask(), np.ones(5))
    assert float(gate.count()) == 5


def test_a_channel_stays_above_one_half():
    gate = gate_with([0.5, 0.51, 0.0, 1.0])
    np.testing.assert_array_equal(gate.mask(), [1, 0, 1, 0, 1])
    assert float(gate.count()) == 3


def test_the_mask_is_exactly_binary_for_any_alpha():
    alpha = np.random.default_rng(0).uniform(0, 1, 9999).astype("f")
    mask = np.asarray(gate_with(alpha, channels=10_000).mask())
    np.testing.assert_array_equal(mask[1:], alpha > 0.5)


@pytest.mark.parametrize(("channels", "multiple"), [(5, 1), (5, 4), (3, 8)])
def test_the_first_block_always_stays(channels, multiple):
    blocks = -(-channels // multiple)
    gate = gate_with([0.0] * (blocks - 1), channels, multiple)
    kept = min(channels, multiple)
    np.testing.assert_array_equal(
        gate.mask(), [1] * kept + [0] * (channels - kept)
    )
    assert float(gate.count()) == kept


def test_channels_of_a_block_stay_or_go_together():
    gate = gate_with([0.2, 0.9], channels=10, multiple=4)
    np.testing.assert_array_equal(gate.mask(), [1] * 4 + [0] * 4 + [1] * 2)
    assert float(gate.count()) == 6


@pytest.mark.parametrize("alpha", [[0.0] * 4, [0.4, 0.6, 0.5, 1.0]])
def test_the_gradient_passes_the_step_unchanged(alpha):
    gate, weights = gate_with(alpha), np.float32([7, 1, -2, 3, 0.5])
    received = gradient(gate, lambda: tf.reduce_sum(gate.mask() * weights))
    np.testing.assert_array_equal(received, weights[1:])


def test_the_gradient_of_a_block_is_the_sum_over_its_channels():
    gate = gate_with([0.0, 1.0], channels=8, multiple=3)
    weights = np.arange(8, dtype="f")
    received = gradient(gate, lambda: tf.reduce_sum(gate.mask() * weights))
    np.testing.assert_array_equal(received, [3 + 4 + 5, 6 + 7])


def test_the_gradient_of_a_count_is_the_size_of_the_block():
    gate = gate_with([0.0, 1.0], channels=8, multiple=3)
    np.testing.assert_array_equal(gradient(gate, gate.count), [3, 2])


def test_alphas_stay_between_zero_and_one():
    gate = layers.ChannelGate(3)
    optimizer = keras.optimizers.SGD(1.0)
    for step, expected in (
        ([10.0, -10.0], [0, 1]),
        ([-0.25, 0.25], [0.25, 0.75]),
    ):
        optimizer.apply([tf.constant(step)], [gate.alpha])
        np.testing.assert_allclose(gate.alpha, expected)


def test_one_channel_needs_no_alpha():
    gate = layers.ChannelGate(1)
    assert gate.alpha.shape == (0,)
    np.testing.assert_array_equal(gate.mask(), [1])


@pytest.mark.parametrize(("channels", "multiple"), [(0, 1), (4, 0)])
def test_sizes_below_one_are_refused(channels, multiple):
    with pytest.raises(errors.UserError, match="at least 1"):
        layers.ChannelGate(channels, multiple)


@keras.saving.register_keras_serializable(package="channel_mask_test")
class _Holder(keras.Model):
    """A model that multiplies its input by the mask of a gate."""

    def __init__(self, gate=None, **kwargs):
        super().__init__(**kwargs)
        known = isinstance(gate, layers.ChannelGate)
        self.gate = (
            gate if known else keras.saving.deserialize_keras_object(gate)
        )

    def call(self, inputs):
        return inputs * self.gate.mask()

    def get_config(self):
        return {"gate": keras.saving.serialize_keras_object(self.gate)}


def test_a_gate_survives_save_and_load(tmp_path):
    model = _Holder(gate_with([0.2, 0.9], channels=10, multiple=4))
    images = small.normal(2, 10)
    expected = model(images)
    again = small.saved_and_loaded(model, tmp_path)
    assert (again.gate.channels, again.gate.multiple) == (10, 4)
    np.testing.assert_array_equal(again(images), expected)


def masked_and_plain(kind, use_bias=True):
    """Returns a masked layer, a plain one with its weights, and an input."""
    if kind == "dense":
        images = small.normal(3, 5)
        pair = layers.MaskedDense(4), keras.layers.Dense(4)
    else:
        images = small.normal(3, 6, 7, 5)
        options = {"strides": 2, "padding": "same", "use_bias": use_bias}
        pair = (
            layers.MaskedConv2D(4, (3, 2), **options),
            keras.layers.Conv2D(4, (3, 2), **options),
        )
    masked, plain = pair
    masked(images, np.ones((1, 5), "f"))
    plain(images)
    values = [small.normal(*w.shape, seed=1) for w in plain.weights]
    masked.set_weights(values)
    plain.set_weights(values)
    return masked, plain, images


@pytest.mark.parametrize(
    ("kind", "use_bias"), [("dense", True), ("conv", True), ("conv", False)]
)
def test_a_masked_layer_is_the_plain_one_on_a_masked_input(kind, use_bias):
    masked, plain, images = masked_and_plain(kind, use_bias)
    mask = np.float32([[1, 0, 1, 1, 0]])
    expected = plain(images * mask[0])
    assert small.difference(masked(images, mask), expected) < 1e-6


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_a_masked_channel_contributes_exactly_nothing(kind):
    masked, _, images = masked_and_plain(kind)
    mask = np.float32([[1, 0, 1, 1, 0]])
    expected = np.asarray(masked(images, mask))
    images[..., [1, 4]] = 1e30 * small.normal(*images[..., :2].shape, seed=2)
    np.testing.assert_array_equal(masked(images, mask), expected)


def test_gradients_of_a_mask_by_hand():
    layer, gate = layers.MaskedDense(2), gate_with([0.0, 1.0], channels=3)
    inputs = np.float32([[1, 2, 3]])
    layer(inputs, gate.mask()[None])
    layer.set_weights([np.float32([[1, 2], [3, 4], [5, 6]]), np.zeros(2)])
    upstream = np.float32([10, 100])
    received = gradient(
        gate,
        lambda: tf.reduce_sum(layer(inputs, gate.mask()[None]) * upstream),
    )
    # Input of the channel times its row of the kernel times the upstream.
    np.testing.assert_allclose(received, [2 * 430, 3 * 650])


def test_a_masked_channel_has_no_gradient_of_its_kernel():
    layer, gate = layers.MaskedDense(2), gate_with([0.0, 1.0], channels=3)
    inputs = np.float32([[1, 2, 3]])
    layer(inputs, gate.mask()[None])
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(inputs, gate.mask()[None]))
    received = tape.gradient(value, layer.kernel.value)
    np.testing.assert_allclose(received, [[1, 1], [0, 0], [3, 3]])


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_a_masked_layer_survives_save_and_load(kind, tmp_path):
    masked, _, images = masked_and_plain(kind)
    inputs = keras.Input(images.shape[1:]), keras.Input((5,))
    model = keras.Model(inputs, masked(*inputs))
    assert model.output_shape == (None, *masked(*inputs).shape[1:])
    mask = np.float32([[1, 0, 1, 1, 0]])
    again = small.saved_and_loaded(model, tmp_path)
    np.testing.assert_array_equal(again([images, mask]), model([images, mask]))


def test_the_threshold_is_that_of_the_paper():
    assert channel_mask.THRESHOLD == 0.5
