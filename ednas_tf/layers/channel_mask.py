"""Channel masks: which channels of a group stay (`method`, section 7).

A channel is masked where the next layer mixes channels: its row of that
layer's kernel becomes zero. That is the same as a masked tensor behind batch
norm and activation, costs nothing, and lets a masked channel learn whether it
would help.
"""

import keras
import numpy as np
from keras import ops

from ednas_tf import errors

THRESHOLD = 0.5


@keras.saving.register_keras_serializable(package="ednas_tf")
class ChannelGate(keras.layers.Layer):
    """Holds the alphas of one group of channels and binarises them.

    Channels come in blocks that share an alpha; the first block has none and
    always stays. (arXiv 2206.00302: alpha starts at 1, a channel stays while
    its alpha is above 0.5, and the gradient passes the step unchanged.)

    Args:
        channels: Channels of the group.
        multiple: Channels of a block; the last block may be smaller.
    """

    def __init__(self, channels, multiple=1, **kwargs):
        super().__init__(**kwargs)
        if channels < 1 or multiple < 1:
            raise errors.UserError(
                "Expected channels and a multiple of at least 1. Received: "
                f"{channels} and {multiple}"
            )
        self.channels = channels
        self.multiple = multiple
        self.blocks = np.arange(channels) // multiple
        self.sizes = np.bincount(self.blocks)
        self.alpha = self.add_weight(
            name="alpha",
            shape=(len(self.sizes) - 1,),
            initializer="ones",
            # Far below the step no gradient would bring a channel back.
            constraint=UnitInterval(),
        )
        self.built = True

    def mask(self):
        """Returns the mask of shape `(channels,)`, of zeros and ones."""
        return ops.take(self._alive(), self.blocks)

    def count(self):
        """Returns the number of channels that stay, a scalar with gradient."""
        return ops.sum(self._alive() * self.sizes.astype("float32"))

    def get_config(self):
        """Returns the arguments of the layer."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "multiple": self.multiple,
        }

    def _alive(self):
        """Returns a number for each block, with the gradient of alpha."""
        alpha = ops.convert_to_tensor(self.alpha)
        step = ops.cast(alpha > THRESHOLD, alpha.dtype)
        straight = alpha + ops.stop_gradient(step - alpha)
        return ops.concatenate([ops.ones((1,), alpha.dtype), straight])


@keras.saving.register_keras_serializable(package="ednas_tf")
class UnitInterval(keras.constraints.Constraint):
    """Keeps a variable within [0, 1]."""

    def __call__(self, variable):
        """Returns the nearest value that is allowed."""
        return ops.clip(variable, 0.0, 1.0)


class _Masked:
    """A layer with a mask of the channels that its kernel reads."""

    def build(self, inputs_shape, channel_mask_shape=None):
        """Creates the variables for the channels of the input."""
        super().build(inputs_shape)

    def compute_output_shape(self, inputs_shape, channel_mask_shape=None):
        """Returns the shape of the output."""
        return super().compute_output_shape(inputs_shape)

    def masked_kernel(self, channel_mask):
        """Returns the kernel with zeros for what masked channels give."""
        return self.kernel * channel_mask[0][:, None]


@keras.saving.register_keras_serializable(package="ednas_tf")
class MaskedConv2D(_Masked, keras.layers.Conv2D):
    """A convolution that ignores the masked channels of its input."""

    def call(self, inputs, channel_mask):
        """Applies the convolution.

        Args:
            inputs: Tensor `(batch, height, width, channels)`.
            channel_mask: Tensor `(1, channels)` of zeros and ones.

        Returns:
            Tensor `(batch, height, width, filters)`.
        """
        kernel = self.masked_kernel(channel_mask)
        outputs = self.convolution_op(inputs, kernel)
        return outputs + self.bias if self.use_bias else outputs


@keras.saving.register_keras_serializable(package="ednas_tf")
class MaskedDense(_Masked, keras.layers.Dense):
    """A dense layer that ignores the masked channels of its input."""

    def call(self, inputs, channel_mask):
        """Applies the layer.

        Args:
            inputs: Tensor `(batch, channels)`.
            channel_mask: Tensor `(1, channels)` of zeros and ones.

        Returns:
            Tensor `(batch, units)`.
        """
        return ops.matmul(inputs, self.masked_kernel(channel_mask)) + self.bias
