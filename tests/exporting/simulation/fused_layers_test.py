"""Tests of a Keras network read as the layers of a device."""

import math

import keras
import numpy as np
import pytest

from ednas_tf import errors, spaces
from ednas_tf.exporting import legalisation
from ednas_tf.exporting.simulation import fused_layers
from ednas_tf.networks import derived
from tests import small

_layers = keras.layers


def _read(*stack, shape=(4, 4, 2)):
    """Returns the fused layers of a chain of Keras layers."""
    image = x = _layers.Input(shape, name="image")
    for layer in stack:
        x = layer(x)
    model = keras.Model(image, x)
    small.randomize(model)
    return fused_layers.read(model)


def _depthwise(size=3):
    return _layers.DepthwiseConv2D(size, depth_multiplier=2, name="conv")


@pytest.mark.parametrize(
    "layer",
    [_layers.Conv2D(3, 1, name="conv"), _depthwise(1), _layers.Dense(5)],
    ids=["conv", "depthwise", "dense"],
)
def test_a_batch_norm_becomes_part_of_the_weights(layer):
    shape = (2,) if isinstance(layer, _layers.Dense) else (4, 4, 2)
    network = _read(layer, _layers.BatchNormalization(), shape=shape)
    (fused,) = network.layers
    x = small.normal(1, *shape)
    model = keras.Model(network.image, fused.output)
    matrix = fused.kernel.reshape(-1, len(fused.bias))
    if layer.name == "conv" and isinstance(layer, _layers.DepthwiseConv2D):
        matrix = np.kron(np.eye(2), np.ones((1, 2))) * matrix.reshape(-1)
    expected = np.asarray(model(x))
    assert small.difference(x @ matrix + fused.bias, expected) < 1e-5


@pytest.mark.parametrize(
    ("layer", "largest"),
    [
        (_layers.ReLU(6.0), 6.0),
        (_layers.ReLU(), math.inf),
        (_layers.Activation("relu"), math.inf),
        (_layers.Activation("relu6"), 6.0),
    ],
)
def test_a_relu_becomes_part_of_the_layer_before_it(layer, largest):
    (fused,) = _read(_depthwise(), layer).layers
    assert (fused.name, fused.largest) == ("conv", largest)


def test_an_activation_inside_a_layer_is_a_relu_too():
    (fused,) = _read(_layers.Conv2D(3, 1, activation="relu6")).layers
    assert fused.largest == 6.0


def test_a_relu_before_the_norm_keeps_it_apart():
    norm = _layers.BatchNormalization(name="norm")
    network = _read(_depthwise(), _layers.ReLU(), norm)
    assert [fused.name for fused in network.layers] == ["conv", "norm"]


def test_dropout_is_no_layer():
    stack = [_depthwise(), _layers.Dropout(0.5), _layers.ReLU()]
    (fused,) = _read(*stack).layers
    assert fused.inputs == ("image",)


def test_what_is_read_twice_stays_apart_from_its_relu():
    image = _layers.Input((4, 4, 2))
    x = _layers.Conv2D(2, 1, name="conv")(image)
    y = _layers.ReLU(name="relu")(x)
    total = _layers.Add(name="sum")([x, y])
    network = fused_layers.read(keras.Model(image, total))
    assert [fused.name for fused in network.layers] == ["conv", "relu", "sum"]
    assert network.layers[-1].inputs == ("conv", "relu")


def test_an_output_stays_apart_from_the_relu_that_reads_it():
    image = _layers.Input((4, 4, 2))
    x = _layers.Conv2D(2, 1, name="conv")(image)
    model = keras.Model(image, {"a": x, "b": _layers.ReLU(name="relu")(x)})
    assert fused_layers.read(model).outputs == {"a": "conv", "b": "relu"}


def test_a_derived_network_has_a_layer_per_convolution(model):
    network = fused_layers.read(model)
    kinds = [type(fused.layer).__name__ for fused in network.layers]
    assert "BatchNormalization" not in kinds
    assert "ReLU" not in kinds
    assert network.outputs == "probabilities"


def test_a_legalised_network_shares_layers_and_can_be_read():
    fixed = small.skeleton()
    model = derived.build(spaces.choose(fixed, ["dw11", "dw3", "dw3"]))
    small.randomize(model)
    legal = legalisation.legalise(model, 7)
    network = fused_layers.read(legal)
    assert any("tile" in fused.name for fused in network.layers)
    rebuilt = keras.Model(network.image, network.layers[-1].output)
    images = small.normal(2, 8, 8, 3)
    assert small.difference(rebuilt(images), model(images)) < 1e-5


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (_layers.ReLU(negative_slope=0.1, name="leaky"), "in leaky"),
        (_layers.Conv2D(2, 1, activation="tanh", name="odd"), "in odd"),
    ],
)
def test_an_activation_that_devices_lack_is_told(layer, message):
    with pytest.raises(errors.UserError, match=message):
        _read(layer)


def test_a_layer_that_is_used_twice_is_told():
    shared = _layers.Conv2D(2, 1, name="shared")
    with pytest.raises(errors.UserError, match="shared twice"):
        _read(shared, _layers.MaxPooling2D(), shared)
