"""Weights from one form of a network to another, layer by layer."""

import numpy as np

from ednas_tf import errors, layers
from ednas_tf.networks import removal

_WHOLE = removal.Removal((), {})


def copy(source, target, removed=_WHOLE):
    """Copies the weights of a network to one of the same architecture.

    Layers meet by name. A mixed operation gives the candidate that was
    chosen; several branches give the one convolution that they equal.

    Args:
        source: A supernet, a network for training, or a derived network.
        target: A derived network, or a network for training.
        removed: `Removal` of the channels that the target lacks.

    Raises:
        UserError: If a layer of the target has no match.
    """
    known = {layer.name: layer for layer in source.layers}
    for layer in target.layers:
        if not layer.weights:
            continue
        origin = known.get(layer.name)
        fused = known.get(layer.name.removesuffix("_norm") + "_conv")
        if origin is None and isinstance(fused, layers.MultiBranch):
            _set(layer, _neutral_norm(layer, fused.fuse()[1]))
        elif origin is None:
            raise errors.UserError(
                f"Expected weights for the layer {layer.name}, found none."
            )
        elif isinstance(origin, layers.MultiBranch):
            _set(layer, [origin.fuse()[0]])
        elif isinstance(origin, layers.MixedOp):
            _inherit(origin, layer, known, removed)
        else:
            _set(layer, removed.cut(layer.name, origin.get_weights()))


def _inherit(mixed, layer, known, removed):
    """Gives `layer` the candidate of its size, unless its taps are fixed."""
    if isinstance(layer, layers.MultiBranch):
        norm = known[layer.name.removesuffix("_conv") + "_norm"]
        kernel = mixed.meta_kernel.candidate(f"dw{layer.kernel_size}")
        _inherit_branches(
            layer,
            removed.cut(layer.name, [kernel]),
            removed.cut(norm.name, norm.get_weights()),
        )
        return
    if not layer.trainable:
        return
    side, dilation = layer.kernel_size[0], layer.dilation_rate[0]
    name = f"dw{side}" + (f"d{dilation}" if dilation > 1 else "")
    kernel = mixed.meta_kernel.candidate(name)
    _set(layer, removed.cut(layer.name, [kernel]))


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
