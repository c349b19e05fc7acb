"""Which tensors of a network must keep the same channels, from its nodes.

A channel that is removed from a tensor is removed from all that read it. A sum
needs the same channels in all its inputs, and a depthwise operation keeps the
channels of what it reads: such tensors form a group, which has one mask
(`method`, section 7).
"""

import dataclasses

from ednas_tf import errors
from ednas_tf.spaces import network


@dataclasses.dataclass(frozen=True)
class Group:
    """Tensors with the same channels, which the search may remove.

    Attributes:
        name: Name of the first node that makes one of them.
        size: Channels before the search.
        members: Names of the tensors.
    """

    name: str
    size: int
    members: tuple


def groups(nodes):
    """Returns the `Group` values of a network, in the order of its nodes.

    The image and what the network returns keep all channels; so does what a
    depthwise convolution with a multiplier reads and makes, as a Keras layer
    has the same number of outputs for each channel.

    Args:
        nodes: `Node` values.
    """
    sets, whole = _unite(nodes)
    sizes = {node.name: node.channels for node in nodes if node.channels}
    members = {}
    for node in nodes:
        members.setdefault(sets.find(node.name), []).append(node.name)
    kept = {sets.find(name) for name in whole}
    return tuple(
        Group(names[0], next(sizes[n] for n in names if n in sizes), names)
        for root, names in ((r, tuple(n)) for r, n in members.items())
        if root not in kept
    )


def owners(nodes):
    """Returns the name of the group of each tensor that is in one."""
    return {name: g.name for g in groups(nodes) for name in g.members}


def narrowed(nodes, counts):
    """Returns the nodes of the network with fewer channels.

    Args:
        nodes: `Node` values.
        counts: Channels by name of the group; groups left out keep theirs.

    Raises:
        UserError: If a name or a number is none of the network's.
    """
    if not counts:
        return tuple(nodes)
    found = {group.name: group for group in groups(nodes)}
    for name, count in counts.items():
        if name not in found:
            raise errors.unknown_name("group of channels", name, found)
        size = found[name].size
        whole = isinstance(count, int) and not isinstance(count, bool)
        if not whole or not 1 <= count <= size:
            raise errors.UserError(
                f"Expected 1 to {size} channels of {name}. Received: {count!r}"
            )
    owner = {n: g.name for g in found.values() for n in g.members}
    return tuple(
        dataclasses.replace(node, channels=counts[owner[node.name]])
        if node.channels and owner.get(node.name) in counts
        else node
        for node in nodes
    )


def allowed(size, multiple):
    """Returns the numbers of channels that a group may end with, rising.

    Args:
        size: Channels of the group.
        multiple: Channels come in such blocks; the last may be smaller.
    """
    return tuple(range(multiple, size, multiple)) + (size,)


def nearest(count, size, multiple):
    """Returns the number of channels that is allowed and next to `count`."""
    return min(allowed(size, multiple), key=lambda n: abs(n - count))


class _Sets:
    """Sets of names that grow together (union-find)."""

    def __init__(self):
        self.parents = {}

    def find(self, name):
        """Returns the name that stands for the set of `name`."""
        root = name
        while self.parents.setdefault(root, root) != root:
            root = self.parents[root]
        self.parents[name] = root
        return root

    def unite(self, one, other):
        """Makes one set of two."""
        self.parents[self.find(other)] = self.find(one)


def _unite(nodes):
    """Returns the sets of tensors, and tensors that keep all channels."""
    sets = _Sets()
    whole = {network.IMAGE, *(node.name for node in nodes[-1:])}
    for node in nodes:
        if node.multiplier > 1:
            whole |= {node.inputs[0], node.name}
        elif not node.channels:
            for name in node.inputs:
                sets.unite(name, node.name)
    return sets, whole
