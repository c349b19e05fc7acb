"""The network that holds every architecture of a space at once."""

import keras

from ednas_tf import errors, layers
from ednas_tf.networks import body
from ednas_tf.spaces import channels

PATH_INPUTS = ("split", "shared")
BRANCHES = "branches"
META_KERNELS = (*layers.meta_kernel.MODES, BRANCHES)


class _Mixed(body.Parts):
    """Fills each slot with its mixed operation, and masks channels."""

    def __init__(self, space, num_paths, path_inputs, meta_kernel, masked):
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
        nodes = space.skeleton.nodes
        self.owners = channels.owners(nodes) if masked else {}
        self.masks = {
            group.name: keras.Input((group.size,), name=f"{group.name}_mask")
            for group in (channels.groups(nodes) if masked else ())
        }

    def inputs(self):
        return [*self.probabilities.values(), *self.masks.values()]

    def mix(self, x, node):
        owner = self.owners.get(node.inputs[0])
        if owner is None:
            return super().mix(x, node)
        if node.kind == "dense":
            layer = layers.MaskedDense(**body.dense_arguments(node))
        else:
            layer = layers.MaskedConv2D(**body.convolution_arguments(node))
        return layer(x, self.masks[owner])

    def fork(self, x):
        if self.path_inputs == "split":
            return x
        first = next(iter(self.probabilities.values()))
        return layers.ForkPaths(name="fork")(x, first)

    def slot(self, x, name, stride):
        names, row = self.operations[name], self.probabilities[name]
        if self.meta_kernel == BRANCHES:
            branches = layers.BranchOp(
                names, stride, self.momentum, name=f"{name}_conv"
            )
            return branches(x, row)
        mixed = layers.MixedOp(
            names,
            stride=stride,
            num_paths=self.num_paths,
            mode=self.meta_kernel,
            name=f"{name}_conv",
        )
        return self.normalize(mixed(x, row), name)


def build(
    space,
    num_paths=2,
    path_inputs="split",
    meta_kernel="shared",
    masked=False,
):
    """Builds the supernet of a space.

    Args:
        space: A `SearchSpace`.
        num_paths: Paths that train in parallel, with own meta-kernels.
        path_inputs: `split` (the batch is cut in one part per path) or
            `shared` (every path sees the whole batch).
        meta_kernel: `shared`, `independent`, or `branches`: each candidate
            has a kernel and a batch norm, the same for all paths, and runs.
        masked: Whether every group of channels has a mask.

    Returns:
        Model from a list (normalised images, then per slot probabilities of
        shape `(paths, num_operations)`, then per group of channels a mask of
        shape `(1, channels)`) to logits. The batch of the logits
        holds one part per path, a path after the other. With a single row of
        probabilities the network of the first path runs alone.
    """
    if path_inputs not in PATH_INPUTS:
        raise errors.unknown_name("path input", path_inputs, PATH_INPUTS)
    if meta_kernel not in META_KERNELS:
        raise errors.unknown_name("meta-kernel", meta_kernel, META_KERNELS)
    parts = _Mixed(space, num_paths, path_inputs, meta_kernel, masked)
    return body.build(space.skeleton, parts, "logits")


def mixed_ops(supernet):
    """Returns the `MixedOp` or `BranchOp` layers of a supernet by slot name."""
    return {
        layer.name.removesuffix("_conv"): layer
        for layer in supernet.layers
        if isinstance(layer, layers.MixedOp | layers.BranchOp)
    }
