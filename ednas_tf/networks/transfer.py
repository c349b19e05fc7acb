"""Weights from one form of a network to another, layer by layer."""

import numpy as np

from ednas_tf import errors, layers
from ednas_tf.networks import removal
from ednas_tf.spaces import operations

_WHOLE = removal.Removal((), {})


def copy(source, target, removed=_WHOLE):
    """Copies the weights of a network to one of the same architecture.

    Layers meet by name. A slot of a supernet gives the candidate that was
    chosen; several branches give the one convolution that they equal.

    Args:
        source: A supernet, a network for training, or a derived network.
        target: A derived network, or a network for training.
        removed: `Removal` of the channels that the target lacks.

    Raises:
        UserError: If a layer of the target has no match.
    """
    known = {layer.name: layer for layer in source.layers}
    chosen = _choices(target)
    for layer in target.layers:
        if not layer.weights:
            continue
        origin = known.get(layer.name)
        if origin is None:
            _set(layer, _held_norm(layer, known, chosen, removed))
        elif isinstance(origin, layers.MultiBranch):
            _set(layer, [origin.fuse()[0]])
        elif isinstance(origin, layers.MixedOp | layers.BranchOp):
            _inherit(origin, layer, chosen[layer.name], known, removed)
        else:
            _set(layer, removed.cut(layer.name, origin.get_weights()))


def _held_norm(norm, known, chosen, removed):
    """Returns the weights of a batch norm that is part of a slot's layer."""
    name = norm.name.removesuffix("_norm") + "_conv"
    slot = known.get(name)
    if isinstance(slot, layers.MultiBranch):
        return _neutral_norm(norm, slot.fuse()[1])
    if isinstance(slot, layers.BranchOp) and name in chosen:
        weights = slot.norm(chosen[name]).get_weights()
        return removed.cut(norm.name, weights)
    raise errors.UserError(
        f"Expected weights for the layer {norm.name}, found none."
    )


def _choices(target):
    """Returns the operation that each convolution makes, by layer name."""
    pools = {
        layer.name.removesuffix("_pool"): layer.pool_size[0]
        for layer in target.layers
        if layer.name.endswith("_conv_pool")
    }
    return {
        layer.name: _operation(layer, pools.get(layer.name))
        for layer in target.layers
        if hasattr(layer, "kernel_size")
    }


def _operation(layer, pool):
    """Returns the operation that a layer and a pooling before it make."""
    if isinstance(layer, layers.MultiBranch):
        return f"dw{layer.kernel_size}"
    side, dilation = layer.kernel_size[0], layer.dilation_rate[0]
    if layer.trainable:
        return f"dw{side}" + (f"d{dilation}" if dilation > 1 else "")
    if pool:
        return f"max{pool}"
    return f"avg{side}" if side > 1 else "skip"


def _inherit(slot, layer, name, known, removed):
    """Gives `layer` the candidate `name`, unless its taps are fixed."""
    if operations.get(name).kind != "depthwise":
        return
    branched = isinstance(slot, layers.BranchOp)
    kernels = slot if branched else slot.meta_kernel
    kernel = removed.cut(layer.name, [kernels.candidate(name)])
    if not isinstance(layer, layers.MultiBranch):
        _set(layer, kernel)
        return
    beside = layer.name.removesuffix("_conv") + "_norm"
    norm = slot.norm(name) if branched else known[beside]
    _inherit_branches(layer, kernel, removed.cut(beside, norm.get_weights()))


def _inherit_branches(branches, kernels, norm_weights):
    """Gives the largest branch all there is; the others start silent."""
    branches.kernels[-1].assign(kernels[0])
    branches.norms[-1].set_weights(norm_weights)
    for other in branches.norms[:-1]:
        other.gamma.assign(np.zeros(other.gamma.shape))


def _neutral_norm(norm, bias):
    """Weights with which a batch norm only adds `bias`."""
    ones = np.ones_like(bias)
    return [ones, bias, np.zeros_like(bias), ones - norm.epsilon]


def _set(layer, values):
    shapes = [tuple(weight.shape) for weight in layer.weights]
    received = [np.shape(value) for value in values]
    if shapes != received:
        raise errors.UserError(
            f"Expected weights of shapes {shapes} for the layer {layer.name}. "
            f"Received: {received}"
        )
    layer.set_weights(values)
