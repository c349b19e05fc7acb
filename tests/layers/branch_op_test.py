"""A slot of branches is the weighted sum of separate layers of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors, layers
from ednas_tf.layers import operations
from ednas_tf.spaces import OPERATIONS
from ednas_tf.spaces.operations import fits
from tests import small

STRIDED = tuple(n for n, o in OPERATIONS.items() if fits(o, 2))
CASES = [(tuple(OPERATIONS), 1), (STRIDED, 2)]


def built(names, stride=1, size=8, **kwargs):
    """Returns a random layer inside of a model, and the model."""
    image, row = keras.Input((size, size, 3)), keras.Input((len(names),))
    layer = layers.BranchOp(names, stride, **kwargs)
    model = keras.Model([image, row], layer(image, row))
    small.randomize(model)
    return layer, model


def by_keras(layer, name, images, training):
    """Runs one candidate as Keras's depthwise convolution and batch norm."""
    image = keras.Input(images.shape[1:])
    outputs = operations.apply(image, "slot", name, layer.stride)
    norm = keras.layers.BatchNormalization(momentum=layer.momentum)
    model = keras.Model(image, norm(outputs))
    if OPERATIONS[name].kind == "depthwise":
        model.get_layer("slot").set_weights([layer.candidate(name)])
    norm.set_weights(layer.norm(name).get_weights())
    outputs = np.asarray(model(images, training=training))
    return outputs, norm.get_weights()


@pytest.mark.parametrize(("names", "stride"), CASES)
@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize("training", [False, True])
def test_output_is_the_weighted_sum_of_keras_layers(
    names, stride, size, training
):
    layer, _ = built(names, stride, size)
    images = small.normal(4, size, size, 3)
    rng = np.random.default_rng(size)
    rows = rng.dirichlet(np.ones(len(names)), 2).astype(np.float32)
    apart = [by_keras(layer, n, images, training)[0] for n in names]
    expected = np.zeros_like(apart[0])
    for place, outputs in enumerate(apart):
        expected[:2] += rows[0, place] * outputs[:2]
        expected[2:] += rows[1, place] * outputs[2:]
    received = layer(images, rows, training=training)
    assert small.difference(received, expected) < 1e-5


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_candidate_follows_its_own_statistics(name):
    layer, _ = built((name, "dw5"), momentum=0.7)
    images = small.normal(4, 8, 8, 3) + 2.0
    expected = by_keras(layer, name, images, training=True)[1]
    layer(images, np.float32([[0.2, 0.8]]), training=True)
    received = layer.norm(name).get_weights()
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_probability_learns_from_its_own_candidate():
    # The sum over all outputs of p_i y_i has the derivative sum(y_i).
    names = ("dw3", "max3", "skip")
    layer, _ = built(names)
    images = small.normal(2, 8, 8, 3)
    row = tf.constant([[0.5, 0.3, 0.2]])
    with tf.GradientTape() as tape:
        tape.watch(row)
        total = tf.reduce_sum(layer(images, row))
    expected = [by_keras(layer, n, images, False)[0].sum() for n in names]
    received = tape.gradient(total, row)[0]
    np.testing.assert_allclose(received, expected, rtol=1e-4)


def test_nothing_but_depthwise_kernels_is_trained():
    # A scale of a batch norm would weigh its candidate as an alpha does.
    layer, _ = built(("dw3", "avg3", "dw3d2", "max3", "skip"))
    shapes = [w.shape for w in layer.trainable_weights]
    assert shapes == [(3, 3, 3, 1)] * 2


@pytest.mark.parametrize("name", ["dw5", "dw3d2"])
def test_kernels_start_with_a_norm_of_a_tenth(name):
    layer = layers.BranchOp((name,))
    layer.build((None, 8, 8, 2000))
    squares = np.sum(layer.candidate(name) ** 2, axis=(0, 1, 3))
    assert np.mean(squares) == pytest.approx(0.1**2, rel=0.02)


@pytest.mark.parametrize(("stride", "side"), [(1, 7), (2, 4)])
def test_shape_is_known_before_the_call(stride, side):
    layer = layers.BranchOp(("dw3", "skip"), stride)
    expected = (None, side, side, 3)
    assert layer.compute_output_shape((None, 7, 7, 3)) == expected
    assert layer(np.zeros((1, 7, 7, 3)), np.ones((1, 2))).shape[1] == side


def test_layer_survives_save_and_load(tmp_path):
    _, model = built(STRIDED, stride=2, momentum=0.6)
    again = small.saved_and_loaded(model, tmp_path)
    shares = np.full((1, len(STRIDED)), 1 / len(STRIDED), np.float32)
    inputs = [small.normal(4, 8, 8, 3), shares]
    np.testing.assert_array_equal(model(inputs), again(inputs))
    assert again.layers[-1].norms[0].momentum == 0.6


def test_an_empty_slot_is_refused():
    with pytest.raises(ValueError, match="received none"):
        layers.BranchOp(())


def test_a_candidate_that_it_lacks_is_named():
    layer, _ = built(("dw3", "dw5"))
    with pytest.raises(errors.UserError, match="Unknown candidate 'dw7'"):
        layer.candidate("dw7")
