"""One slot as DARTS has it: every candidate runs with weights of its own."""

import keras
import numpy as np
from keras import ops

from ednas_tf import errors
from ednas_tf.layers import depthwise, meta_kernel, mixed_op, normalization
from ednas_tf.spaces import operations


@keras.saving.register_keras_serializable(package="ednas_tf")
class BranchOp(keras.layers.Layer):
    """Adds the normalised outputs of all candidates, weighted.

    It is called like `MixedOp`, but each candidate has a depthwise kernel of
    its own, and a batch norm without scale and offset. The paths share them
    and differ by their probabilities alone. (Liu, Simonyan and Yang, 2019.)

    Args:
        names: Names of the candidates.
        stride: Stride of the slot.
        momentum: Momentum of the batch norms' statistics.
    """

    meta_kernel = None  # No path has a kernel of its own.

    def __init__(self, names, stride=1, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        if not names:
            raise ValueError("`names` must hold an operation, received none.")
        self.names = tuple(names)
        self.stride = stride
        self.momentum = momentum
        self.operations = [operations.get(name) for name in self.names]

    def build(self, inputs_shape, probabilities_shape=None):
        """Creates kernels and batch norms for the channels of the input."""
        channels = inputs_shape[-1]
        self.kernels, self.norms = [], []
        for operation in self.operations:
            self.kernels.append(self._create_kernel(operation, channels))
            norm = normalization.FusedBatchNormalization(
                momentum=self.momentum, name=f"norm_{operation.name}"
            )
            norm.build((None, None, None, channels))
            # As in DARTS: a scale of its own would do the work of the alphas.
            norm.gamma.trainable = norm.beta.trainable = False
            self.norms.append(norm)
        self.built = True

    def call(self, inputs, probabilities, training=None):
        """Applies the candidates, weighted.

        Args:
            inputs: Tensor `(batch, height, width, channels)`.
            probabilities: Tensor `(paths, len(names))`. The batch is cut in
                as many equal parts as there are rows.
            training: Whether the statistics are those of the batch.

        Returns:
            Tensor `(batch, ceil(height / stride), ceil(width / stride),
            channels)`.
        """
        total = 0.0
        for place, norm in enumerate(self.norms):
            outputs = norm(self._apply(inputs, place), training=training)
            total = total + _weigh(outputs, probabilities[:, place])
        return total

    def compute_output_shape(self, inputs_shape, probabilities_shape=None):
        """Returns the shape of the output."""
        batch, *sides, channels = inputs_shape
        sides = [side and -(-side // self.stride) for side in sides]
        return (batch, *sides, channels)

    def candidate(self, name):
        """Returns the kernel of a candidate that has one.

        Returns:
            Array of shape `(kernel, kernel, channels, 1)`.
        """
        return np.asarray(self.kernels[self._place(name)])

    def norm(self, name):
        """Returns the batch norm layer of a candidate."""
        return self.norms[self._place(name)]

    def get_config(self):
        """Returns the arguments of the layer."""
        return {
            **super().get_config(),
            "names": self.names,
            "stride": self.stride,
            "momentum": self.momentum,
        }

    def _create_kernel(self, operation, channels):
        """Returns trained or fixed taps, None for what is no convolution."""
        if not operation.linear:
            return None
        side = operation.kernel
        if operation.kind != "depthwise":
            fixed = meta_kernel.fixed_taps(operation.name, side)
            return np.tile(fixed[..., None, None], (1, 1, channels, 1))
        return self.add_weight(
            name=f"kernel_{operation.name}",
            shape=(side, side, channels, 1),
            initializer=keras.initializers.RandomNormal(
                stddev=depthwise.initial_deviation(side)
            ),
        )

    def _apply(self, inputs, place):
        operation, kernel = self.operations[place], self.kernels[place]
        if kernel is None:
            return mixed_op.pool(inputs, operation, self.stride)
        return depthwise.convolve(
            inputs, kernel, self.stride, operation.dilation
        )

    def _place(self, name):
        if name not in self.names:
            raise errors.unknown_name("candidate", name, self.names)
        return self.names.index(name)


def _weigh(outputs, weights):
    """Scales each part of a batch by the weight of its path.

    Args:
        outputs: Tensor `(batch, height, width, channels)`.
        weights: Tensor `(paths,)`.
    """
    shape = ops.shape(outputs)
    paths = weights.shape[0] or 1
    parts = ops.reshape(outputs, (paths, -1, *shape[1:]))
    weighted = parts * ops.reshape(weights, (paths, 1, 1, 1, 1))
    return ops.reshape(weighted, shape)
