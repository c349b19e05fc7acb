"""Paths in one batch: how several networks share a forward pass."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="ednas_tf")
class ForkPaths(keras.layers.Layer):
    """Repeats the batch once per path, where every path sees all of it."""

    def call(self, inputs, probabilities):
        """Repeats `inputs` along the batch.

        Args:
            inputs: Tensor of shape `(batch, ...)`.
            probabilities: Tensor with one row per path.

        Returns:
            Tensor of shape `(paths * batch, ...)`, a path after the other.
        """
        paths = probabilities.shape[0] or 1
        return ops.concatenate([inputs] * paths, axis=0)

    def compute_output_shape(self, inputs_shape, probabilities_shape=None):
        """Returns the shape of the output; the batch stays unknown."""
        return (None, *inputs_shape[1:])
