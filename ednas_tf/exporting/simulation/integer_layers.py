"""What a fixed-point device computes in one layer.

Integers are held in floating point, which is exact up to the digits it has and
much faster here than integer arithmetic.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.exporting.simulation import power_of_two

# Integers below are exact in single precision, in any order of the sum.
_EXACT = 2**24
_BIAS_BITS = 32


@dataclasses.dataclass(frozen=True, eq=False)
class IntegerLayer:
    """One layer of integers.

    Attributes:
        name: Name of the layer.
        inputs: Names of the layers that it reads.
        call: Function from tensors of integers to such a tensor; of a softmax
            or sigmoid, to real numbers.
        format: `Format` of the result; None if it is real numbers.
        weights: `Format` of the weights, or None.
    """

    name: str
    inputs: tuple
    call: object
    format: power_of_two.Format | None
    weights: power_of_two.Format | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class _Sum:
    """What an accumulator holds before it is rounded.

    Attributes:
        call: Function from the tensors of the inputs.
        exponent: Exponent of its scale.
        bound: What its magnitude never exceeds, in any order of the sum.
        weights: `Format` of the weights, or None.
    """

    call: object
    exponent: int
    bound: float
    weights: power_of_two.Format | None = None


def build(fused, sources, target, weight_bits):
    """Returns the `IntegerLayer` of a fused layer.

    Args:
        fused: The `FusedLayer`.
        sources: `Format` of each input.
        target: `Format` of the output, for a layer that rounds.
        weight_bits: Bits of a weight.
    """
    if None in sources:
        raise errors.UserError(
            f"Expected softmax and sigmoid at the outputs alone. Received: "
            f"{fused.name}, which reads one; TIDL has no such layer"
        )
    if _is_real(fused.layer):
        call = _real(fused.layer, sources[0].scale)
        return IntegerLayer(fused.name, fused.inputs, call, None)
    if isinstance(fused.layer, _MOVES):
        return IntegerLayer(fused.name, fused.inputs, fused.layer, sources[0])
    make = _SUMS.get(type(fused.layer))
    if make is None:
        raise _unknown(fused.layer)
    total = make(fused, sources, weight_bits)
    call = _rounding(total, target, fused.largest)
    return IntegerLayer(fused.name, fused.inputs, call, target, total.weights)


def _is_real(layer):
    """Whether a Keras layer is computed in floating point."""
    if isinstance(layer, keras.layers.Activation):
        return layer.activation.__name__ in ("softmax", "sigmoid")
    return isinstance(layer, keras.layers.Softmax)


def _real(layer, scale):
    return lambda integers: layer(integers * scale)


def _rounding(total, target, largest):
    """Returns the function that sums exactly and rounds once."""
    half = 2.0 ** (target.exponent - total.exponent - 1)
    dtype = tf.float32 if total.bound + half < _EXACT else tf.float64

    def call(*tensors):
        sums = total.call(*(tf.cast(tensor, dtype) for tensor in tensors))
        result = power_of_two.rounded(sums, total.exponent, target, largest)
        return tf.cast(result, tf.float32)

    return call


def _weighted(apply):
    """Returns what makes the `_Sum` of a layer with weights.

    Args:
        apply: Function of a Keras layer, a tensor and a kernel.
    """

    def make(fused, sources, weight_bits):
        (source,) = sources
        largest = np.max(np.abs(fused.kernel))
        format = power_of_two.holding(0.0, largest, weight_bits, signed=True)
        exponent = source.exponent + format.exponent
        wide = power_of_two.Format(exponent, True, _BIAS_BITS)
        kernel = _integers(fused.kernel, format)
        bias = _integers(fused.bias, wide)

        def call(x):
            taps = tf.constant(kernel, x.dtype)
            return apply(fused.layer, x, taps) + tf.constant(bias, x.dtype)

        bound = _bound(fused, kernel, bias, source)
        return _Sum(call, exponent, bound, format)

    return make


def _integers(values, format):
    """Returns the integers of an array."""
    return power_of_two.rounded(tf.constant(values), 0, format).numpy()


def _bound(fused, kernel, bias, source):
    """Returns what no output of a weighted layer exceeds on the way."""
    magnitude = np.abs(kernel)
    if isinstance(fused.layer, (keras.layers.Conv2D, keras.layers.Dense)):
        sums = magnitude.reshape(-1, magnitude.shape[-1]).sum(axis=0)
    else:
        sums = magnitude.sum(axis=(0, 1)).reshape(-1)
    largest = max(-source.low, source.high)
    return float(np.max(sums * largest + np.abs(bias)))


def _convolve(layer, x, kernel):
    return tf.nn.conv2d(
        x,
        kernel,
        strides=layer.strides,
        padding=layer.padding.upper(),
        dilations=layer.dilation_rate,
    )


def _convolve_depthwise(layer, x, kernel):
    return tf.nn.depthwise_conv2d(
        x,
        kernel,
        strides=(1, *layer.strides, 1),
        padding=layer.padding.upper(),
        dilations=layer.dilation_rate,
    )


def _normalize(layer, x, kernel):
    return x * tf.reshape(kernel, (-1,))


def _multiply(layer, x, kernel):
    return tf.tensordot(x, kernel, 1)


def _joined(fused, sources, weight_bits):
    """Returns the `_Sum` of inputs brought to the finest of their scales."""
    exponent = min(source.exponent for source in sources)
    factors = [2.0 ** (source.exponent - exponent) for source in sources]
    pairs = zip(factors, sources, strict=True)
    bound = sum(f * max(-source.low, source.high) for f, source in pairs)

    def call(*tensors):
        aligned = [x * f for x, f in zip(tensors, factors, strict=True)]
        if isinstance(fused.layer, keras.layers.Add):
            return tf.add_n(aligned)
        return tf.concat(aligned, fused.layer.axis)

    return _Sum(call, exponent, bound)


def _alone(fused, sources, weight_bits):
    """Returns the `_Sum` of a ReLU that is a layer of its own."""
    if fused.largest is None:
        raise _unknown(fused.layer)
    (source,) = sources
    bound = max(-source.low, source.high)
    return _Sum(lambda x: x, source.exponent, bound)


def _averaged(fused, sources, weight_bits):
    """Returns the `_Sum` of an average, which is no integer itself."""
    keepdims = fused.layer.keepdims

    def call(x):
        count = x.shape[1] * x.shape[2]
        return tf.reduce_sum(x, axis=(1, 2), keepdims=keepdims) / count

    return _Sum(call, sources[0].exponent, np.inf)


_MOVES = (
    keras.layers.MaxPooling2D,
    keras.layers.ZeroPadding2D,
    keras.layers.Reshape,
    keras.layers.Flatten,
)
_SUMS = {
    keras.layers.Conv2D: _weighted(_convolve),
    keras.layers.DepthwiseConv2D: _weighted(_convolve_depthwise),
    keras.layers.Dense: _weighted(_multiply),
    keras.layers.BatchNormalization: _weighted(_normalize),
    keras.layers.Add: _joined,
    keras.layers.Concatenate: _joined,
    keras.layers.ReLU: _alone,
    keras.layers.Activation: _alone,
    keras.layers.GlobalAveragePooling2D: _averaged,
}


def _unknown(layer):
    kinds = (*_SUMS, *_MOVES, keras.layers.Softmax)
    known = ", ".join(sorted(kind.__name__ for kind in kinds))
    kind = type(layer).__name__
    if isinstance(layer, keras.layers.Activation):
        kind = f"{kind} '{layer.activation.__name__}'"
    return errors.UserError(
        f"The simulation of TIDL knows no {kind}, received as {layer.name}. "
        f"Expected one of: {known}."
    )
