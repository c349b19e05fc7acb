"""The operators of a Keras model, counted layer by layer.

Converting a large network takes minutes; its layers say the same at once. That
they do say the same is tested on a small one.
"""

import keras

from ednas_tf.spaces import Operator

_FOLDED = (
    keras.layers.InputLayer,
    keras.layers.ZeroPadding2D,
    keras.layers.BatchNormalization,
    keras.layers.ReLU,
    keras.layers.Dropout,
    keras.layers.Reshape,
    keras.layers.Flatten,
)


def rows(model):
    """Returns the operators of a functional model, in order.

    As in an exported file, padding belongs to the window after it, and batch
    norm is folded. Activations are left out: none of them costs anything.
    """
    found = []
    for layer in model.layers:
        if not isinstance(layer, _FOLDED):
            found += _READERS[type(layer)](layer)
    return tuple(found)


def _convolution(layer):
    groups = layer.groups
    op = "pwconv2d" if layer.kernel_size == (1, 1) else "conv2d"
    height, width, channels = _unpadded(layer)
    rows, columns, outputs = layer.output.shape[1:]
    return groups * [
        Operator(
            op,
            *(height, width, channels // groups),
            *(rows, columns, outputs // groups),
            *layer.kernel_size,
            layer.strides[0],
            layer.dilation_rate[0],
        )
    ]


def _depthwise(layer):
    return [_window("dwconv2d", layer, layer.kernel_size)]


def _max_pool(layer):
    return [_window("maxpool", layer, layer.pool_size)]


def _average_pool(layer):
    if layer.pool_size == layer.input.shape[1:3]:
        return _global_pool(layer)
    return [_window("avgpool", layer, layer.pool_size)]


def _global_pool(layer):
    channels = layer.input.shape[-1]
    return [Operator("gap", *layer.input.shape[1:], 1, 1, channels)]


def _dense(layer):
    inputs, outputs = layer.input.shape[-1], layer.units
    row = Operator("fc", 1, 1, inputs, 1, 1, outputs)
    return [row, *_activation(layer)]


def _activation(layer):
    if layer.activation is not keras.activations.softmax:
        return []
    classes = layer.output.shape[-1]
    return [Operator("softmax", 1, 1, classes, 1, 1, classes)]


def _add(layer):
    *sides, channels = layer.output.shape[1:]
    shape = (*(sides or (1, 1)), channels)  # Pooled features have no sides.
    return [Operator("add", *shape, *shape)]


def _concatenate(layer):
    source = layer.input[0].shape[1:]
    return [Operator("concat", *source, *layer.output.shape[1:])]


def _window(op, layer, kernel):
    shapes = *_unpadded(layer), *layer.output.shape[1:]
    return Operator(op, *shapes, *kernel, layer.strides[0])


def _unpadded(layer):
    """Returns the shape `(height, width, channels)` before padding."""
    source = layer.input._keras_history.operation
    padded = isinstance(source, keras.layers.ZeroPadding2D)
    return (source if padded else layer).input.shape[1:]


_READERS = {
    keras.layers.Activation: _activation,
    keras.layers.Add: _add,
    keras.layers.AveragePooling2D: _average_pool,
    keras.layers.Concatenate: _concatenate,
    keras.layers.Conv2D: _convolution,
    keras.layers.Dense: _dense,
    keras.layers.DepthwiseConv2D: _depthwise,
    keras.layers.GlobalAveragePooling2D: _global_pool,
    keras.layers.MaxPooling2D: _max_pool,
}
