"""The fast filter gradient against TensorFlow's own."""

import hypothesis
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from ednas_tf import layers
from ednas_tf.layers import depthwise
from tests import small


def native(images, kernel):
    return tf.nn.depthwise_conv2d(images, kernel, [1] * 4, "SAME")


def gradients(function, images, kernel):
    """Returns outputs and both gradients of a loss that is not symmetric."""
    images, kernel = tf.constant(images), tf.constant(kernel)
    with tf.GradientTape() as tape:
        tape.watch([images, kernel])
        outputs = function(images, kernel)
        upstream = small.normal(*outputs.shape, seed=7)
        loss = tf.reduce_sum(outputs * upstream)
    return [outputs, *tape.gradient(loss, [images, kernel])]


def layer_gradients(layer, images):
    """Returns the outputs and the gradient of every weight."""
    layer.build(images.shape)
    layer.set_weights([small.normal(*w.shape) for w in layer.weights])
    weights = [weight.value for weight in layer.trainable_weights]
    with tf.GradientTape() as tape:
        outputs = layer(images)
        upstream = small.normal(*outputs.shape, seed=7)
        loss = tf.reduce_sum(outputs * upstream)
    return [outputs, *tape.gradient(loss, weights)]


@hypothesis.settings(deadline=None, max_examples=30, derandomize=True)
@hypothesis.given(
    side=st.sampled_from([3, 5, 7, 9, 11]),
    shape=st.tuples(*[st.integers(1, 12)] * 3, st.integers(1, 3)),
)
def test_gradients_equal_the_native_ones(side, shape):
    images = small.normal(*shape)
    kernel = small.normal(side, side, shape[-1], 1, seed=1)
    received = gradients(depthwise.convolve, images, kernel)
    expected = gradients(native, images, kernel)
    for one, other in zip(received, expected, strict=True):
        assert small.difference(one, other) < 1e-5


def kernel_gradient(images, kernel, upstream):
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        outputs = depthwise.convolve(images, kernel)
    return tape.gradient(outputs, kernel, output_gradients=upstream)


@pytest.mark.parametrize("batch", [None, 4])
def test_gradients_equal_the_native_ones_in_a_graph(batch):
    images, kernel = small.normal(4, 8, 8, 2), small.normal(7, 7, 2, 1)
    shapes = ((batch, 8, 8, 2), kernel.shape, (batch, 8, 8, 2))
    graph = tf.function(
        kernel_gradient, input_signature=[tf.TensorSpec(s) for s in shapes]
    )
    received = graph(images, kernel, small.normal(4, 8, 8, 2, seed=7))
    expected = gradients(native, images, kernel)[2]
    assert small.difference(received, expected) < 1e-5


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize("side", [1, 3, 7])
@pytest.mark.parametrize("stride", [2, 3])
def test_strides_keep_every_stride_th_output(size, side, stride):
    images, kernel = (
        small.normal(2, size, size, 3),
        small.normal(side, side, 3, 1),
    )
    received = depthwise.convolve(images, kernel, stride)
    expected = native(images, kernel)[:, ::stride, ::stride]
    np.testing.assert_allclose(received, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "arguments",
    [
        {"kernel_size": 3},
        {"kernel_size": 11},
        {"kernel_size": 6},
        {"kernel_size": (3, 5)},
        {"kernel_size": 5, "activation": "relu"},
        {"kernel_size": 5, "strides": 2},
        {"kernel_size": 5, "padding": "valid"},
        {"kernel_size": 5, "use_bias": True},
        {"kernel_size": 5, "dilation_rate": 2},
        {"kernel_size": 5, "depth_multiplier": 3},
    ],
)
def test_layer_equals_the_one_of_keras(arguments):
    arguments = {"padding": "same", "use_bias": False, **arguments}
    ours = layers.FastDepthwiseConv2D(**arguments)
    theirs = keras.layers.DepthwiseConv2D(**arguments)
    images = small.normal(2, 8, 8, 3)
    results = [layer_gradients(layer, images) for layer in (ours, theirs)]
    for one, other in zip(*results, strict=True):
        assert small.difference(one, other) < 1e-5


def test_layer_survives_save_and_load(tmp_path):
    layer = layers.FastDepthwiseConv2D(5, padding="same", use_bias=False)
    model = keras.Sequential([keras.Input((6, 6, 2)), layer])
    again = small.saved_and_loaded(model, tmp_path)
    images = small.normal(2, 6, 6, 2)
    assert isinstance(again.layers[0], layers.FastDepthwiseConv2D)
    np.testing.assert_array_equal(model(images), again(images))
