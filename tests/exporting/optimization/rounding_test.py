"""Tests of the rounding while a network trains."""

import numpy as np
import pytest
import tf_keras

from ednas_tf import spaces
from ednas_tf.exporting.optimization import rebuilding, rounding
from ednas_tf.networks import derived
from ednas_tf.spaces import presets
from tests import small
from tests.exporting.optimization import examples


def _expected(kernel, axes):
    """Rounds to 127 steps on each side of zero, the last axes apart."""
    step = np.abs(kernel).max(axis=axes, keepdims=True) / 127
    return np.round(kernel / step) * step


@pytest.mark.parametrize(
    ("shape", "num_axes", "axes"),
    [
        ((3, 3, 4, 2), 2, (0, 1)),
        ((3, 3, 4, 5), 1, (0, 1, 2)),
        ((6, 5), 1, (0,)),
    ],
)
def test_each_channel_has_a_scale(shape, num_axes, axes):
    kernel = small.normal(*shape)
    received = rounding.Channels(num_axes)(kernel, True, {})
    np.testing.assert_allclose(received, _expected(kernel, axes), atol=1e-5)


def test_only_training_rounds():
    kernel = small.normal(3, 3, 4, 1)
    assert rounding.Channels(2)(kernel, False, {}) is kernel


def test_a_channel_of_zeros_stays():
    kernel = np.zeros((3, 3, 2, 1), np.float32)
    received = rounding.Channels(2)(kernel, True, {})
    np.testing.assert_array_equal(received, kernel)


def test_batch_norms_hold_their_statistics():
    model = examples.network(["dw5", "dw3", "skip"])
    network = rebuilding.Network(
        model, rounding.Rounding(False), tf_keras, tf_keras.layers
    )
    trainee = network.trainee()
    trainee(small.normal(8, 8, 8, 3), training=True)
    found = [v.numpy() for v in trainee.variables if "moving_mean" in v.name]
    expected = [v.numpy() for v in model.variables if v.name == "moving_mean"]
    np.testing.assert_array_equal(np.hstack(found), np.hstack(expected))


def test_dropout_is_left_out():
    chosen = spaces.choose(presets.build("ds_cnn", (8, 8, 1), 4), [])
    network = rebuilding.Network(
        derived.build(chosen),
        rounding.Rounding(False),
        tf_keras,
        tf_keras.layers,
    )
    layers = network.trainee().layers
    rates = [layer.rate for layer in layers if hasattr(layer, "rate")]
    assert rates == [0.0] * 2
