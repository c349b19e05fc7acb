"""The mixed operation of one slot: every candidate at once (Eq. 9)."""

import keras
import numpy as np
from keras import ops

from ednas_tf import errors
from ednas_tf.layers import depthwise, meta_kernel
from ednas_tf.spaces import operations


@keras.saving.register_keras_serializable(package="ednas_tf")
class MixedOp(keras.layers.Layer):
    """One depthwise convolution for all linear candidates of a slot.

    Several paths share a call: the batch holds their parts one after the
    other, and each part is convolved with the merged kernel of its path.

    Args:
        names: Names of the candidates.
        stride: Stride of the slot.
        num_paths: Paths that train in parallel.
        mode: `shared` or `independent`, see `meta_kernel`.
    """

    def __init__(self, names, stride=1, num_paths=1, mode="shared", **kwargs):
        super().__init__(**kwargs)
        if mode not in meta_kernel.MODES:
            raise errors.unknown_name("meta-kernel", mode, meta_kernel.MODES)
        if not names:
            raise ValueError("`names` must hold an operation, received none.")
        self.names = tuple(names)
        self.stride = stride
        self.num_paths = num_paths
        self.mode = mode
        linear = [operations.get(name).linear for name in self.names]
        self.linear = np.flatnonzero(linear)
        self.pools = np.flatnonzero(np.logical_not(linear))

    def build(self, inputs_shape, probabilities_shape=None):
        """Creates the meta-kernel for the channels of the input."""
        self.meta_kernel = None
        if len(self.linear):
            self.meta_kernel = meta_kernel.create(
                self.mode,
                [self.names[index] for index in self.linear],
                channels=inputs_shape[-1],
                num_paths=self.num_paths,
                name="meta_kernel",
            )
            self.meta_kernel.build()
        self.built = True

    def call(self, inputs, probabilities):
        """Applies the candidates, weighted.

        Args:
            inputs: Tensor `(batch, height, width, channels)`.
            probabilities: Tensor `(paths, len(names))`. The batch is cut in
                as many equal parts as there are rows.

        Returns:
            Tensor `(batch, ceil(height / stride), ceil(width / stride),
            channels)`.
        """
        paths = probabilities.shape[0] or 1
        parts = ops.split(inputs, paths, axis=0) if paths > 1 else [inputs]
        outputs = self._convolve(parts, probabilities)
        for index in self.pools:
            operation = operations.get(self.names[index])
            pooled = [pool(part, operation, self.stride) for part in parts]
            weights = ops.split(probabilities[:, index], paths)
            outputs += [w * p for w, p in zip(weights, pooled, strict=True)]
        sums = [sum(outputs[path::paths]) for path in range(paths)]
        return ops.concatenate(sums, axis=0) if paths > 1 else sums[0]

    def compute_output_shape(self, inputs_shape, probabilities_shape=None):
        """Returns the shape of the output."""
        batch, *sides, channels = inputs_shape
        sides = [side and -(-side // self.stride) for side in sides]
        return (batch, *sides, channels)

    def get_config(self):
        """Returns the arguments of the layer."""
        return {
            **super().get_config(),
            "names": self.names,
            "stride": self.stride,
            "num_paths": self.num_paths,
            "mode": self.mode,
        }

    def _convolve(self, parts, probabilities):
        if self.meta_kernel is None:
            return []
        linear = ops.take(probabilities, self.linear, axis=1)
        kernels = self.meta_kernel(linear)
        return [
            depthwise.convolve(part, kernels[path], self.stride)
            for path, part in enumerate(parts)
        ]


def pool(inputs, operation, stride):
    """Pools with a border of zeros, as a meta-kernel's convolution has it.

    Args:
        inputs: Tensor `(batch, height, width, channels)`.
        operation: An `Operation` of kind `max`.
        stride: Stride along both axes.

    Returns:
        Tensor `(batch, ceil(height / stride), ceil(width / stride),
        channels)`.
    """
    half = operation.kernel // 2
    borders = [[0, 0], [half, half], [half, half], [0, 0]]
    return ops.max_pool(ops.pad(inputs, borders), operation.kernel, stride)
