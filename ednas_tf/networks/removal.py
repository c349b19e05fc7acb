"""Real removal of channels: weights of the network that is left."""

import numpy as np

from ednas_tf import errors
from ednas_tf.spaces import channels

# Axes of the channels that are read and made, by number of dimensions.
_AXES = {
    "conv": {4: ((2, "in"), (3, "out")), 1: ((0, "out"),)},
    "dense": {2: ((0, "in"), (1, "out")), 1: ((0, "out"),)},
    "channelwise": {4: ((2, "out"),), 1: ((0, "out"),)},
}


class Removal:
    """Cuts the weights of layers down to the channels that stay.

    Args:
        nodes: `Node` values of the whole network.
        kept: Places of the channels that stay, by name of the group; groups
            left out keep all.
    """

    def __init__(self, nodes, kept):
        _check(nodes, kept)
        self.kept = kept
        owners = channels.owners(nodes)
        self.axes = {}
        for node in nodes:
            kind = node.kind if node.kind in _AXES else "channelwise"
            ends = {
                "in": kept.get(owners.get(node.inputs[0])),
                "out": kept.get(owners.get(node.name)),
            }
            suffix = "" if node.kind == "dense" else "_conv"
            self.axes[f"{node.name}{suffix}"] = _AXES[kind], ends
            self.axes[f"{node.name}_norm"] = _AXES["channelwise"], ends

    def cut(self, layer, values):
        """Returns the weights of a layer with the channels that stay.

        Args:
            layer: Name of the layer.
            values: List of arrays, the weights of the layer.
        """
        if layer not in self.axes:
            return values
        return [self._cut(np.asarray(value), layer) for value in values]

    def _cut(self, value, layer):
        axes, ends = self.axes[layer]
        for axis, end in axes.get(value.ndim, ()):
            if ends[end] is not None:
                value = np.take(value, ends[end], axis)
        return value


def _check(nodes, kept):
    """Raises `UserError` for groups or channels that the network lacks."""
    sizes = {group.name: group.size for group in channels.groups(nodes)}
    for name, places in kept.items():
        if name not in sizes:
            raise errors.unknown_name("group of channels", name, sizes)
        if max(places, default=0) >= sizes[name]:
            raise errors.UserError(
                f"Expected channels of {name} below {sizes[name]}. Received: "
                f"{max(places)}"
            )
