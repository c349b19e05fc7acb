"""Layers of integers against sums that NumPy makes of integers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.exporting.simulation import (
    fused_layers,
    integer_layers,
    power_of_two,
)

_layers = keras.layers
_SIGNED = power_of_two.Format(-3, True, 8)
_UNSIGNED = power_of_two.Format(-3, False, 8)


def _integers(*shape, seed=0, low=-128, high=128):
    values = np.random.default_rng(seed).integers(low, high, shape)
    return values.astype(np.int64)


def _fused(layer, *shapes, kernel=None, bias=None):
    """Returns the fused layer of a network of one, with given weights."""
    images = [_layers.Input(shape) for shape in shapes]
    output = layer(images[0] if len(images) == 1 else images)
    largest = np.inf if isinstance(layer, _layers.ReLU) else None
    names = tuple(image.name for image in images)
    return fused_layers.FusedLayer(layer, names, output, kernel, bias, largest)


def _call(fused, tensors, sources, target, weight_bits=8):
    layer = integer_layers.build(fused, sources, target, weight_bits)
    return layer.call(*(tf.constant(x, tf.float32) for x in tensors)).numpy()


def _shifted(sums, shift, target):
    """Divides integers by `2 ** shift`, half up, and saturates."""
    return np.clip((sums + (1 << shift >> 1)) >> shift, target.low, target.high)


def _convolved(x, kernel, stride):
    """Sums the windows of an image without borders, with plain integers."""
    side = kernel.shape[0]
    rows = range(0, x.shape[0] - side + 1, stride)
    windows = [[x[r : r + side, c : c + side] for c in rows] for r in rows]
    return np.einsum("rcijk,ijko->rco", np.array(windows), kernel)


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_sums_integers_and_shifts(stride):
    kernel = _integers(3, 3, 64, 4, seed=1, low=-127)
    kernel[0, 0, 0, 0] = 127  # So the scale of the weights is that of kernel.
    bias = _integers(4, seed=2, low=-5000, high=5000)
    x = _integers(7, 7, 64)
    fused = _fused(
        _layers.Conv2D(4, 3, strides=stride),
        x.shape,
        kernel=kernel * 2.0**-9,
        bias=bias * 2.0**-12,
    )
    target = power_of_two.Format(1, True, 8)
    received = _call(fused, [x[None]], [_SIGNED], target)
    expected = _shifted(_convolved(x, kernel, stride) + bias, 13, target)
    np.testing.assert_array_equal(received[0], expected)


def test_a_dilated_depthwise_convolution_sums_each_channel():
    kernel = _integers(3, 3, 2, 1, seed=1, low=-127)
    kernel[0, 0, 0, 0] = -127
    spread = np.zeros((5, 5, 2, 2), np.int64)
    spread[::2, ::2, 0, 0] = kernel[..., 0, 0]
    spread[::2, ::2, 1, 1] = kernel[..., 1, 0]
    x = _integers(8, 8, 2, low=0, high=256)
    layer = _layers.DepthwiseConv2D(3, dilation_rate=2)
    weights = {"kernel": kernel.astype(float), "bias": np.zeros(2)}
    fused = _fused(layer, x.shape, **weights)
    target = power_of_two.Format(6, True, 8)
    received = _call(fused, [x[None]], [_UNSIGNED], target)
    expected = _shifted(_convolved(x, spread, 1), 9, target)
    np.testing.assert_array_equal(received[0], expected)


def test_sums_beyond_single_precision_are_exact():
    # On the way 30 * 2047 * 65535 = 2 ** 31.9 must not lose a digit.
    kernel = np.repeat([2047.0, -2047.0], 30)[:, None]
    fused = _fused(_layers.Dense(1), (60,), kernel=kernel, bias=np.zeros(1))
    wide = power_of_two.Format(0, False, 16)
    x = np.full((1, 60), 65535.0)
    x[0, -1] = 65534.0
    assert _call(fused, [x], [wide], wide, weight_bits=12).item() == 2047


def test_biases_are_rounded_to_the_scale_of_the_sum():
    fused = _fused(
        _layers.Dense(1), (1,), kernel=np.array([[127.0]]), bias=np.array([0.3])
    )
    fine = power_of_two.Format(-3, True, 12)
    received = _call(fused, [[[0]]], [_SIGNED], fine)
    assert received.item() == 2  # 0.3 is 2.4 eighths.


@pytest.mark.parametrize("bits", [4, 8, 12])
def test_weights_are_rounded_to_their_bits(bits):
    kernel = np.array([[1.0, -0.3]])
    fused = _fused(_layers.Dense(2), (1,), kernel=kernel, bias=np.zeros(2))
    layer = integer_layers.build(fused, [_SIGNED], _SIGNED, bits)
    # The largest, 1, does not fit into 2 ** (bits - 1) - 1 parts of one.
    assert layer.weights == power_of_two.Format(2 - bits, True, bits)


def test_a_sum_brings_its_inputs_to_one_scale():
    fused = _fused(_layers.Add(), (4,), (4,))
    coarse = power_of_two.Format(1, True, 8)
    target = power_of_two.Format(2, True, 8)
    tensors = [[[1, 2, 100, -100]], [[3, 4, 127, -128]]]
    received = _call(
        fused, tensors, [power_of_two.Format(0, True, 8), coarse], target
    )
    # 7, 10, 354 and -356 in steps of four: 1.75, 2.5, 88.5 and -89.
    assert received.tolist() == [[2, 3, 89, -89]]


def test_a_concatenation_brings_its_inputs_to_one_scale():
    fused = _fused(_layers.Concatenate(), (1,), (1,))
    coarse = power_of_two.Format(-1, True, 8)
    received = _call(fused, [[[100]], [[-7]]], [_SIGNED, coarse], coarse)
    assert received.tolist() == [[25, -7]]


def test_an_average_is_rounded_half_up():
    fused = _fused(_layers.GlobalAveragePooling2D(), (1, 2, 2))
    x = [[[[1, -1], [2, -2]]]]
    assert _call(fused, [x], [_SIGNED], _SIGNED).tolist() == [[2, -1]]


def test_a_relu_of_its_own_cuts_below_zero():
    fused = _fused(_layers.ReLU(), (3,))
    received = _call(fused, [[[-5, 4, 99]]], [_SIGNED], _UNSIGNED)
    assert received.tolist() == [[0, 4, 99]]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (_layers.MaxPooling2D(2), [[[[4]]]]),
        (_layers.Reshape((4, 1)), [[[1], [-2], [4], [3]]]),
        (_layers.Flatten(), [[1, -2, 4, 3]]),
    ],
)
def test_what_only_moves_numbers_keeps_their_scale(layer, expected):
    fused = _fused(layer, (2, 2, 1))
    received = integer_layers.build(fused, [_SIGNED], None, 8)
    x = tf.constant([[[[1.0], [-2.0]], [[4.0], [3.0]]]])
    assert received.call(x).numpy().tolist() == expected
    assert received.format == _SIGNED


def test_a_sigmoid_gives_real_numbers_of_what_integers_stand_for():
    fused = _fused(_layers.Activation("sigmoid"), (1,))
    layer = integer_layers.build(fused, [_SIGNED], None, 8)
    expected = 1 / (1 + np.exp(-2.0))  # 16 steps of an eighth.
    assert layer.call(tf.constant([[16.0]])).numpy() == pytest.approx(expected)
    assert layer.format is None


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            _layers.AveragePooling2D(2, name="mean"),
            "AveragePooling2D, .* as mean",
        ),
        (_layers.Activation("tanh", name="gate"), "Activation 'tanh', .* gate"),
    ],
)
def test_an_unknown_layer_is_told(layer, message):
    fused = _fused(layer, (4, 4, 2))
    with pytest.raises(errors.UserError, match=message):
        integer_layers.build(fused, [_SIGNED], _SIGNED, 8)


def test_a_layer_behind_a_sigmoid_is_told():
    fused = _fused(_layers.ReLU(name="late"), (4,))
    with pytest.raises(errors.UserError, match="late, which reads one"):
        integer_layers.build(fused, [None], _SIGNED, 8)
