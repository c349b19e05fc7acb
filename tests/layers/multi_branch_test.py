"""Several branches with a batch norm each must fuse into one kernel."""

import keras
import numpy as np
import pytest
import scipy.signal

from ednas_tf import layers
from ednas_tf.layers import depthwise, multi_branch
from tests import small


def branches(kernel_size, stride=1, size=8, seed=0):
    """Returns a model of one layer with random weights and statistics."""
    image = keras.Input((size, size, 3))
    layer = layers.MultiBranch(kernel_size, stride, 0.5, name="branches")
    model = keras.Model(image, layer(image))
    small.randomize(model, seed)
    return model


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 7, 11])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [7, 8])
def test_fused_equals_unfused(kernel_size, stride, size):
    model = branches(kernel_size, stride, size)
    images = small.normal(2, size, size, 3)
    kernel, bias = model.layers[-1].fuse()
    fused = depthwise.convolve(images, kernel.astype("float32"), stride) + bias
    assert small.difference(fused, model(images)) < 1e-4


def test_fused_kernel_equals_unfused_branches_in_scipy():
    model = branches(5)
    kernel, bias = model.layers[-1].fuse()
    images = small.normal(1, 8, 8, 3)
    expected = np.asarray(model(images))[0, ..., 1]
    received = scipy.signal.correlate2d(
        images[0, ..., 1], kernel[..., 1, 0], mode="same"
    )
    assert small.difference(received + bias[1], expected) < 1e-4


def test_fold_by_hand():
    # Scale 3 / sqrt(3.99 + 0.01) = 1.5, bias 5 - 2 * 1.5 = 2 (Eq. 2).
    norm = keras.layers.BatchNormalization(epsilon=0.01)
    norm.build((None, 1))
    norm.set_weights(np.array([[3.0], [5.0], [2.0], [3.99]]))
    kernel, bias = multi_branch.fold(np.full((1, 1, 1, 1), 4.0), norm)
    np.testing.assert_allclose(kernel, [[[[6.0]]]], rtol=1e-6)
    np.testing.assert_allclose(bias, [2.0], rtol=1e-6)


def test_training_normalises_each_branch_on_its_own():
    model = branches(3)
    images = small.normal(4, 8, 8, 3)
    layer = model.layers[-1]
    expected = 0.0
    for kernel, norm in zip(layer.kernels, layer.norms, strict=True):
        output = np.asarray(depthwise.convolve(images, kernel))
        mean, variance = output.mean((0, 1, 2)), output.var((0, 1, 2))
        scaled = (output - mean) / np.sqrt(variance + norm.epsilon)
        expected = expected + scaled * norm.gamma.numpy() + norm.beta.numpy()
    received = model(images, training=True)
    assert small.difference(received, expected) < 1e-4


def test_branches_follow_their_statistics():
    model = branches(3)
    before = [np.array(norm.moving_mean) for norm in model.layers[-1].norms]
    model(small.normal(4, 8, 8, 3) + 9.0, training=True)
    after = [np.array(norm.moving_mean) for norm in model.layers[-1].norms]
    assert all((a != b).all() for a, b in zip(after, before, strict=True))


def test_branches_have_the_momentum_of_the_layer():
    assert {norm.momentum for norm in branches(5).layers[-1].norms} == {0.5}


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="must be odd"):
        layers.MultiBranch(4)


def test_layer_survives_save_and_load(tmp_path):
    model = branches(5, stride=2)
    again = small.saved_and_loaded(model, tmp_path)
    images = small.normal(2, 8, 8, 3)
    np.testing.assert_array_equal(model(images), again(images))
    np.testing.assert_array_equal(
        model.layers[-1].fuse()[1], again.layers[-1].fuse()[1]
    )
