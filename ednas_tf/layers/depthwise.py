"""Depthwise convolution with symmetric padding and a fast filter gradient."""

import keras
import tensorflow as tf

_SMALLEST_REWRITTEN = 5
"""Below this kernel the native filter gradient is the faster one."""


def convolve(inputs, kernel, stride=1):
    """Convolves each channel with its own kernel, padded by half a kernel.

    The padding is explicit and symmetric. TensorFlow's `SAME` at stride 2
    aligns a 1x1 kernel differently from larger ones, and then kernels of
    several sizes could not be merged into one.

    Args:
        inputs: Tensor of shape `(batch, height, width, channels)`.
        kernel: Tensor of shape `(side, side, channels, 1)`, side odd.
        stride: Stride along both axes.

    Returns:
        Tensor of shape `(batch, ceil(height / stride), ceil(width / stride),
        channels)`.
    """
    # A custom gradient takes tensors, not the variables behind them.
    inputs, kernel = tf.convert_to_tensor(inputs), tf.convert_to_tensor(kernel)
    if stride == 1:
        static = inputs.shape.is_fully_defined()
        if static and kernel.shape[0] >= _SMALLEST_REWRITTEN:
            return _convolve_rewritten(inputs, kernel)
        return tf.nn.depthwise_conv2d(inputs, kernel, [1] * 4, "SAME")
    strides = [1, stride, stride, 1]
    padded = tf.pad(inputs, _borders(kernel.shape[0] // 2))
    return tf.nn.depthwise_conv2d(padded, kernel, strides, "VALID")


@tf.custom_gradient
def _convolve_rewritten(inputs, kernel):
    strides = [1] * 4
    outputs = tf.nn.depthwise_conv2d(inputs, kernel, strides, "SAME")

    def gradient(upstream):
        toward_inputs = tf.nn.depthwise_conv2d_backprop_input(
            inputs.shape, kernel, upstream, strides, "SAME"
        )
        side = kernel.shape[0]
        return toward_inputs, _kernel_gradient(inputs, upstream, side)

    return outputs, gradient


def _kernel_gradient(inputs, upstream, side):
    """Filter gradient as one forward convolution, 2 to 3 times faster.

    All images are stacked along the height, with half a kernel of zeros
    between them, so that one tall filter (the upstream gradient) slides over
    one tall image by `side` rows and columns.
    """
    batch, height, width, channels = inputs.shape
    half = side // 2
    rows = batch * (height + half)
    gap = [[0, 0], [0, half], [half, half], [0, 0]]
    tall = tf.reshape(
        tf.pad(inputs, gap), [1, rows, width + 2 * half, channels]
    )
    tall = tf.pad(tall, [[0, 0], [half, 0], [0, 0], [0, 0]])
    taps = tf.pad(upstream, [[0, 0], [0, half], [0, 0], [0, 0]])
    taps = tf.reshape(taps, [rows, width, channels, 1])[: rows - half]
    result = tf.nn.depthwise_conv2d(tall, taps, [1] * 4, "VALID")
    return tf.reshape(result, [side, side, channels, 1])


def _borders(half):
    return [[0, 0], [half, half], [half, half], [0, 0]]


@keras.saving.register_keras_serializable(package="ednas_tf")
class FastDepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """Keras's layer with the fast filter gradient: same weights, same output.

    It is used in training only; what is saved is Keras's own layer.
    """

    def call(self, inputs):
        """Convolves `(batch, height, width, channels)`."""
        simple = (
            self.strides == (1, 1)
            and self.padding == "same"
            and self.dilation_rate == (1, 1)
            and self.depth_multiplier == 1
            and not self.use_bias
            and self.activation is keras.activations.linear
            and self.data_format == "channels_last"
            and self.kernel_size[0] == self.kernel_size[1]
            and self.kernel_size[0] % 2 == 1
        )
        if not simple:
            return super().call(inputs)
        return convolve(inputs, self.kernel)
