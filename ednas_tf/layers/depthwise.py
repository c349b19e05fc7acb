"""Depthwise convolution with symmetric padding and fast gradients."""

import keras
import tensorflow as tf

from ednas_tf.layers import filter_gradient

_INITIAL_NORM = 0.1
"""Norm of a channel's kernel at first. A batch norm follows, so the size of a
kernel changes nothing but how far a step of the optimizer turns it: by the
rate over its norm squared. (In a slot with `skip`, `avg3` or `max3` it is small
beside those at first.) From sqrt(2), which keeps activations level where
no batch norm follows, short trainings do not recover: 58.7 instead of 61.7 %
after two epochs of CIFAR-10."""


def initial_deviation(side):
    """Returns the standard deviation of a new depthwise kernel's weights.

    Args:
        side: Side of the kernel, without the holes of a dilation.
    """
    return _INITIAL_NORM / side


def convolve(inputs, kernel, stride=1, dilation=1):
    """Convolves each channel with its own kernels, padded by half a kernel.

    The padding is explicit and symmetric. TensorFlow's `SAME` at stride 2
    aligns a 1x1 kernel differently from larger ones, and then kernels of
    several sizes could not be merged into one.

    Args:
        inputs: Tensor of shape `(batch, height, width, channels)`.
        kernel: Tensor of shape `(side, side, channels, multiplier)`, side odd.
        stride: Stride along both axes.
        dilation: Distance between neighbouring taps, in pixels.

    Returns:
        Tensor of shape `(batch, ceil(height / stride), ceil(width / stride),
        channels * multiplier)`.
    """
    # A custom gradient takes tensors, not the variables behind them.
    inputs, kernel = tf.convert_to_tensor(inputs), tf.convert_to_tensor(kernel)
    kernel = _dilate(kernel, dilation)
    return _convolver(stride)(inputs, kernel)


def _convolver(stride):
    @tf.custom_gradient
    def run(inputs, kernel):
        outputs = _forward(inputs, kernel, stride)

        def gradient(upstream):
            upstream = tf.ensure_shape(upstream, outputs.shape)
            filters = filter_gradient.choose(inputs.shape, kernel.shape, stride)
            return (
                _toward_inputs(inputs, kernel, upstream, stride),
                filters(inputs, upstream, kernel.shape, stride),
            )

        return outputs, gradient

    return run


def _forward(inputs, kernel, stride):
    side, _, channels, multiplier = kernel.shape
    if multiplier > 1:
        # A multiplier leaves the fast kernel; copies of channels do not.
        inputs = tf.repeat(inputs, multiplier, axis=3)
        kernel = tf.reshape(kernel, [side, side, channels * multiplier, 1])
    padding = "SAME" if stride == 1 else filter_gradient.borders(side // 2)
    strides = [1, stride, stride, 1]
    return tf.nn.depthwise_conv2d(inputs, kernel, strides, padding)


def _toward_inputs(inputs, kernel, upstream, stride):
    if stride == 1 and kernel.shape[3] == 1:
        # The same convolution, turned around, is faster than its gradient.
        turned = kernel[::-1, ::-1]
        return tf.nn.depthwise_conv2d(upstream, turned, [1] * 4, "SAME")
    # `SAME` pads symmetrically when such zeros follow the kernel, and then no
    # border has to be cut off.
    shape = tf.shape(inputs)
    height, width = tf.unstack((shape[1:3] - 1) % stride)
    kernel = tf.pad(kernel, [[0, height], [0, width], [0, 0], [0, 0]])
    strides = [1, stride, stride, 1]
    return tf.nn.depthwise_conv2d_backprop_input(
        shape, kernel, upstream, strides, "SAME"
    )


def _dilate(kernel, dilation):
    """Puts `dilation - 1` zeros between neighbouring taps."""
    if dilation == 1:
        return kernel
    side, _, *channels = kernel.shape
    gap = [0, dilation - 1]
    spread = tf.reshape(kernel, [side, 1, side, 1, *channels])
    spread = tf.pad(spread, [[0, 0], gap, [0, 0], gap, [0, 0], [0, 0]])
    extent = dilation * side
    spread = tf.reshape(spread, [extent, extent, *channels])
    return spread[: extent - gap[1], : extent - gap[1]]


@keras.saving.register_keras_serializable(package="ednas_tf")
class FastDepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """Depthwise layer for training, padded by half a kernel at each stride.

    At stride 1 it is Keras's layer with `padding="same"`, above it Keras's
    layer after a `ZeroPadding2D`: same weights, same output. Those are what
    is saved.
    """

    pads_symmetrically = True

    def __init__(self, kernel_size, **kwargs):
        super().__init__(kernel_size, **{"padding": "same", **kwargs})
        square = self.kernel_size[0] == self.kernel_size[1]
        if not square or self.kernel_size[0] % 2 == 0:
            raise ValueError(
                "`kernel_size` must be one odd number, or the kernel has no "
                f"centre. Received: kernel_size={kernel_size}"
            )
        plain = self.activation is keras.activations.linear
        if self.padding != "same" or self.use_bias or not plain:
            raise ValueError(
                "Expected `padding='same'`, `use_bias=False` and no activation."
                f" Received: padding={self.padding!r}, use_bias="
                f"{self.use_bias}, activation={self.activation.__name__}"
            )

    def call(self, inputs):
        """Convolves `(batch, height, width, channels)`."""
        return convolve(
            inputs,
            self.kernel,
            stride=self.strides[0],
            dilation=self.dilation_rate[0],
        )
