"""The fused batch norm against the one of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import layers
from tests import small

IMAGES = small.normal(4, 5, 6, 3) * 2.0 + 1.0


def trained(layer, steps=3):
    """Returns the outputs, gradients and weights after some steps."""
    layer.build(IMAGES.shape)
    rng = np.random.default_rng(0)
    layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.weights])
    for step in range(steps):
        images = tf.constant(IMAGES * (step + 1.0))
        with tf.GradientTape() as tape:
            tape.watch(images)
            outputs = layer(images, training=True)
            loss = tf.reduce_sum(outputs * small.normal(*IMAGES.shape, seed=7))
    variables = [v.value for v in layer.trainable_variables]
    found = tape.gradient(loss, [images, *variables])
    return [outputs, *found, *layer.get_weights()]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"momentum": 0.9},
        {"epsilon": 1e-2},
        {"axis": 1},
        {"axis": 3},
        {"trainable": False},
        {"scale": False},
    ],
)
def test_layer_equals_the_one_of_keras(arguments):
    received = trained(layers.FusedBatchNormalization(**arguments))
    expected = trained(keras.layers.BatchNormalization(**arguments))
    assert len(received) == len(expected)
    for one, other in zip(received, expected, strict=True):
        assert small.difference(one, other) < 1e-5


def test_moving_variance_is_the_biased_one():
    layer = layers.FusedBatchNormalization(momentum=0.0)
    layer(IMAGES, training=True)
    np.testing.assert_allclose(
        layer.moving_variance, IMAGES.var(axis=(0, 1, 2)), rtol=1e-5
    )
    np.testing.assert_allclose(
        layer.moving_mean, IMAGES.mean(axis=(0, 1, 2)), rtol=1e-5
    )


def test_inference_uses_the_moving_statistics():
    layer = layers.FusedBatchNormalization(epsilon=0.0)
    layer.build(IMAGES.shape)
    layer.set_weights(np.outer([2.0, 1.0, 3.0, 4.0], np.ones(3)))
    expected = (IMAGES - 3.0) / 2.0 * 2.0 + 1.0
    np.testing.assert_allclose(layer(IMAGES), expected, rtol=1e-5, atol=1e-5)


def test_statistics_of_an_image_without_spread_stay_finite():
    layer = layers.FusedBatchNormalization()
    layer(np.ones((1, 1, 1, 3), np.float32), training=True)
    assert all(np.isfinite(w).all() for w in layer.get_weights())


def test_layer_survives_save_and_load(tmp_path):
    layer = layers.FusedBatchNormalization(momentum=0.5)
    model = keras.Sequential([keras.Input((5, 6, 3)), layer])
    model(IMAGES, training=True)
    again = small.saved_and_loaded(model, tmp_path)
    assert again.layers[0].momentum == 0.5
    np.testing.assert_array_equal(model(IMAGES), again(IMAGES))
