"""Operation name to standard layers: what a slot becomes after the search."""

import keras

from ednas_tf.layers import depthwise as depthwise_layer
from ednas_tf.spaces import operations


def apply(x, name, operation, stride, k=keras, convolution=None):
    """Applies one operation to each channel of `x`, without batch norm.

    Fixed operations are depthwise convolutions with constant taps, so that
    every slot is a convolution into which a batch norm folds on export.

    Args:
        x: Keras tensor of shape `(batch, height, width, channels)`.
        name: Name of the layer that holds the weights.
        operation: Name of the operation.
        stride: Stride along both axes.
        k: `keras` or `tf_keras`.
        convolution: Class of the depthwise layer, default `k`'s own.

    Returns:
        Keras tensor `(batch, ceil(height / stride), ceil(width / stride),
        channels)`.
    """
    chosen = operations.get(operation)
    convolution = convolution or k.layers.DepthwiseConv2D
    if chosen.kind == "max":
        x = k.layers.ZeroPadding2D(chosen.kernel // 2, name=f"{name}_pad")(x)
        x = k.layers.MaxPooling2D(chosen.kernel, stride, name=f"{name}_pool")(x)
        return convolution(1, name=name, **_constant(1.0, k))(x)
    return depthwise(
        x,
        convolution,
        k=k,
        name=name,
        kernel_size=chosen.kernel,
        strides=stride,
        dilation_rate=chosen.dilation,
        **_weights(chosen, k),
    )


def depthwise(x, convolution, k=keras, name=None, **kwargs):
    """Applies a depthwise layer with symmetric padding of half a kernel."""
    extent = kwargs.get("dilation_rate", 1) * (kwargs["kernel_size"] - 1) + 1
    padding = "same"
    pads = getattr(convolution, "pads_symmetrically", False)
    if kwargs["strides"] > 1 and extent > 1 and not pads:
        x = k.layers.ZeroPadding2D(extent // 2, name=f"{name}_pad")(x)
        padding = "valid"
    kwargs.setdefault("use_bias", False)
    return convolution(padding=padding, name=name, **kwargs)(x)


def _weights(operation, k):
    if operation.kind == "depthwise":
        deviation = depthwise_layer.initial_deviation(operation.kernel)
        normal = k.initializers.RandomNormal(stddev=deviation)
        return {"depthwise_initializer": normal}
    return _constant(1.0 / operation.kernel**2, k)


def _constant(value, k):
    return {
        "use_bias": False,
        "trainable": False,
        "depthwise_initializer": k.initializers.Constant(value),
    }
