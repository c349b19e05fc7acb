"""Several depthwise kernels in parallel for training, one for inference."""

import keras
import numpy as np

from ednas_tf.layers import depthwise, normalization


@keras.saving.register_keras_serializable(package="ednas_tf")
class MultiBranch(keras.layers.Layer):
    """Sums depthwise convolutions of sides 1, 3, ... with a batch norm each.

    At inference the sum is one convolution with a bias (Fig. 2, and Eq. 2 with
    the means that it forgets), which `fuse` returns. In training it is not:
    a sum of batch norms is not a batch norm of the sum.

    Args:
        kernel_size: Side of the largest branch, odd.
        stride: Stride of all branches.
        momentum: Momentum of the batch norms' statistics.
    """

    def __init__(self, kernel_size, stride=1, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        if kernel_size % 2 == 0:
            raise ValueError(
                "`kernel_size` must be odd, or the branches have no common "
                f"centre. Received: kernel_size={kernel_size}"
            )
        self.kernel_size = kernel_size
        self.stride = stride
        self.momentum = momentum
        self.sides = tuple(range(1, kernel_size + 1, 2))

    def build(self, input_shape):
        """Creates a kernel and a batch norm per branch."""
        channels = input_shape[-1]
        self.kernels, self.norms = [], []
        for side in self.sides:
            kernel = self.add_weight(
                name=f"kernel{side}",
                shape=(side, side, channels, 1),
                initializer=keras.initializers.RandomNormal(
                    stddev=depthwise.initial_deviation(side)
                ),
            )
            norm = normalization.FusedBatchNormalization(
                momentum=self.momentum, name=f"norm{side}"
            )
            norm.build((None, None, None, channels))
            self.kernels.append(kernel)
            self.norms.append(norm)
        self.built = True

    def call(self, inputs, training=None):
        """Convolves `(batch, height, width, channels)`."""
        outputs = []
        for kernel, norm in zip(self.kernels, self.norms, strict=True):
            output = depthwise.convolve(inputs, kernel, self.stride)
            outputs.append(norm(output, training=training))
        return sum(outputs)

    def compute_output_shape(self, input_shape):
        """Returns the shape of the output."""
        batch, *sides, channels = input_shape
        sides = [side and -(-side // self.stride) for side in sides]
        return (batch, *sides, channels)

    def fuse(self):
        """Returns the kernel and bias of the equal single convolution.

        Returns:
            Arrays of shapes `(kernel_size, kernel_size, channels, 1)` and
            `(channels,)`.
        """
        kernel, bias = 0.0, 0.0
        for one, norm in zip(self.kernels, self.norms, strict=True):
            one_kernel, one_bias = fold(np.asarray(one), norm)
            border = (self.kernel_size - one.shape[0]) // 2
            around = ((border, border), (border, border), (0, 0), (0, 0))
            kernel = kernel + np.pad(one_kernel, around)
            bias = bias + one_bias
        return kernel, bias

    def get_config(self):
        """Returns the arguments of the layer."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "momentum": self.momentum,
        }


def fold(kernel, norm):
    """Folds a batch norm into the depthwise kernel before it (Eq. 2).

    Args:
        kernel: Array of shape `(side, side, channels, 1)`.
        norm: A batch norm layer, with its moving statistics.

    Returns:
        Kernel of the same shape, and bias of shape `(channels,)`.
    """
    deviation = np.sqrt(np.asarray(norm.moving_variance) + norm.epsilon)
    scale = np.asarray(norm.gamma) / deviation
    bias = np.asarray(norm.beta) - np.asarray(norm.moving_mean) * scale
    return kernel * scale[:, None], bias
