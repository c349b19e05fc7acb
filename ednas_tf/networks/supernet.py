"""The network that holds every architecture of a space at once."""

import keras

from ednas_tf import errors, layers
from ednas_tf.networks import body

PATH_INPUTS = ("split", "shared")


class _Mixed(body.Parts):
    """Fills each slot with its mixed operation."""

    def __init__(self, space, num_paths, path_inputs, meta_kernel):
        super().__init__(
            normalization=layers.FusedBatchNormalization,
            convolution=layers.FastDepthwiseConv2D,
        )
        self.num_paths = num_paths
        self.path_inputs = path_inputs
        self.meta_kernel = meta_kernel
        self.operations = {slot.name: slot.operations for slot in space.slots}
        self.probabilities = {
            name: keras.Input((len(names),), name=f"{name}_probabilities")
            for name, names in self.operations.items()
        }

    def inputs(self):
        return list(self.probabilities.values())

    def fork(self, x):
        if self.path_inputs == "split":
            return x
        first = next(iter(self.probabilities.values()))
        return layers.ForkPaths(name="fork")(x, first)

    def slot(self, x, name, stride):
        mixed = layers.MixedOp(
            self.operations[name],
            stride=stride,
            num_paths=self.num_paths,
            mode=self.meta_kernel,
            name=f"{name}_conv",
        )
        return self.normalize(mixed(x, self.probabilities[name]), name)


def build(space, num_paths=2, path_inputs="split", meta_kernel="shared"):
    """Builds the supernet of a space.

    Args:
        space: A `SearchSpace`.
        num_paths: Paths that train in parallel, with own meta-kernels.
        path_inputs: `split` (the batch is cut in one part per path) or
            `shared` (every path sees the whole batch).
        meta_kernel: `shared` or `independent`.

    Returns:
        Model from a list (normalised images, then per slot probabilities of
        shape `(paths, num_operations)`) to logits. The batch of the logits
        holds one part per path, a path after the other. With a single row of
        probabilities the network of the first path runs alone.
    """
    if path_inputs not in PATH_INPUTS:
        raise errors.unknown_name("path input", path_inputs, PATH_INPUTS)
    parts = _Mixed(space, num_paths, path_inputs, meta_kernel)
    return body.build(space.skeleton, parts, "logits")


def mixed_ops(supernet):
    """Returns the `MixedOp` layers of a supernet by slot name."""
    return {
        layer.name.removesuffix("_conv"): layer
        for layer in supernet.layers
        if isinstance(layer, layers.MixedOp)
    }
