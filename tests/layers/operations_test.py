"""Each operation as standard layers, against SciPy."""

import keras
import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import tf_keras

from ednas_tf.layers import operations
from ednas_tf.spaces import OPERATIONS
from ednas_tf.spaces.operations import fits
from tests import small


def model_of(operation, stride, size, k=keras):
    image = k.layers.Input((size, size, 2))
    return k.Model(image, operations.apply(image, "slot", operation, stride, k))


def by_hand(image, operation, kernel):
    if operation.kind == "max":
        return scipy.ndimage.maximum_filter(image, 3, mode="constant")
    spread = np.zeros((operation.extent, operation.extent))
    spread[:: operation.dilation, :: operation.dilation] = kernel
    return scipy.signal.correlate2d(image, spread, mode="same")


@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "tf_keras"])
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("stride", [1, 2])
def test_layers_equal_scipy(k, name, stride):
    operation = OPERATIONS[name]
    if not fits(operation, stride):
        pytest.skip("TensorFlow has no strided dilated convolution")
    for size in (7, 8):
        model = model_of(name, stride, size, k)
        images = small.normal(1, size, size, 2)
        kernel = model.get_weights()[0][..., 1, 0]
        expected = by_hand(images[0, ..., 1], operation, kernel)
        received = np.asarray(model(images))[0, ..., 1]
        assert small.difference(received, expected[::stride, ::stride]) < 1e-5


@pytest.mark.parametrize(("name", "value"), [("avg3", 1 / 9), ("skip", 1.0)])
def test_fixed_operations_have_constant_taps(name, value):
    model = model_of(name, 1, 5)
    assert not model.trainable_weights
    np.testing.assert_allclose(model.get_weights()[0], value)


@pytest.mark.parametrize("name", ["dw5", "dw3d2"])
def test_kernel_of_a_channel_has_a_norm_of_a_tenth_at_first(name):
    image = keras.Input((5, 5, 2000))
    model = keras.Model(image, operations.apply(image, "slot", name, 1))
    squares = np.sum(model.get_weights()[0] ** 2, axis=(0, 1, 3))
    assert np.mean(squares) == pytest.approx(0.1**2, rel=0.02)
