"""Peak memory of activations, from the order in which operators run.

While an operator runs, its inputs and its output are held, and what later
operators still read. A chain runs in the order of the exported file, so that
its peak is exact. Where blocks have two inputs the converter chooses the order
of the branches: there the peak is the most that any order could hold.
"""

import dataclasses
import itertools

from ednas_tf.spaces import network, operations, tiling

FIXED = None
"""Owner of what no choice changes."""


@dataclasses.dataclass(frozen=True)
class Node:
    """One operator with the tensors that it reads and writes.

    Attributes:
        owner: Name of the slot that it belongs to, or `FIXED`.
        inputs: Places of the nodes whose outputs it reads.
        num_bytes: Bytes of its output at int8.
        after: Places of nodes that it does not read but comes after.
    """

    owner: str | None
    inputs: tuple
    num_bytes: int
    after: tuple = ()


def peaks(skeleton, chosen, largest=None):
    """Returns the largest number of bytes held, by owner of the operator.

    Args:
        skeleton: The fixed part of the network.
        chosen: Name of the operation by slot.
        largest: Side above which depthwise kernels become tiles, or None.

    Returns:
        Dictionary of bytes at int8: `FIXED`, and a key for each slot.
    """
    found = {}
    for owner, num_bytes in held(skeleton, chosen, largest):
        found[owner] = max(found.get(owner, 0), num_bytes)
    return found


def held(skeleton, chosen, largest=None):
    """Returns what is held while each operator runs; see `peaks`.

    Returns:
        List of pairs of the owner of the operator and bytes at int8. Channels
        change the bytes alone, each of which is linear in them.
    """
    graph = _Graph(largest)
    tensors = {network.IMAGE: graph.add([], skeleton.input_shape)}
    for node in skeleton.nodes:
        inputs = [tensors[name] for name in node.inputs]
        graph.owner = node.name if node.kind == "slot" else FIXED
        tensors[node.name] = _run(graph, node, inputs, chosen)
    chain = network.is_chain(skeleton.nodes)
    found = (_in_order if chain else _in_any_order)(graph.nodes)
    owners = (node.owner for node in graph.nodes)
    return list(zip(owners, found, strict=True))


def candidate_peaks(skeleton, candidates, largest=None):
    """Returns what the fixed part and each candidate hold at most.

    The peak of a network is the largest of the fixed part's and its choices'.
    Slots of one block may run in turns: each gets its worst case there.

    Args:
        skeleton: The fixed part of the network.
        candidates: Names of the operations by slot.
        largest: As in `peaks`.

    Returns:
        Bytes of the fixed part, and per slot a tuple of bytes, one for each
        candidate.
    """
    fixed = 0
    found = {slot: dict.fromkeys(n, 0) for slot, n in candidates.items()}
    for chosen, slots in combinations(skeleton, candidates):
        peak = peaks(skeleton, chosen, largest)
        fixed = max(fixed, peak[FIXED])
        for slot in slots:
            name = chosen[slot]
            found[slot][name] = max(found[slot][name], peak[slot])
    return fixed, {slot: tuple(f.values()) for slot, f in found.items()}


def combinations(skeleton, candidates):
    """Yields the choices that show every peak there can be.

    Args:
        skeleton: The fixed part of the network.
        candidates: Names of the operations by slot.

    Yields:
        Name of the operation by slot, and the slots of which it tells.
    """
    first = {slot: names[0] for slot, names in candidates.items()}
    for slots in skeleton.branches() or ((),):
        for names in itertools.product(*(candidates[s] for s in slots)):
            yield {**first, **dict(zip(slots, names, strict=True))}, slots


def _in_order(nodes):
    """Returns the bytes held by each node, which run as they are listed."""
    last = list(range(len(nodes)))
    for place, node in enumerate(nodes):
        for source in node.inputs:
            last[source] = place
    return [
        sum(
            nodes[place].num_bytes
            for place in range(step + 1)
            if last[place] >= step
        )
        for step in range(len(nodes))
    ]


def _in_any_order(nodes):
    """Returns the most bytes held by each node in any order of branches.

    A tensor may be held while a node runs unless it needs the node, or the
    node needs all that read it.
    """
    needs = [set() for _ in nodes]
    readers = [[] for _ in nodes]
    for place, node in enumerate(nodes):
        for source in node.inputs:
            readers[source].append(place)
        for source in (*node.inputs, *node.after):
            needs[place] |= {source} | needs[source]
    return [
        node.num_bytes
        + sum(
            other.num_bytes
            for source, other in enumerate(nodes)
            if source != place
            and place not in needs[source]
            and any(reader not in needs[place] for reader in readers[source])
        )
        for place, node in enumerate(nodes)
    ]


class _Graph:
    """Collects nodes; a tensor is `(place of its node, shape)`."""

    def __init__(self, largest):
        self.largest = largest
        self.nodes = []
        self.owner = FIXED

    def add(self, inputs, shape, after=()):
        height, width, channels = shape
        places = tuple(place for place, _ in inputs)
        node = Node(self.owner, places, height * width * channels, after)
        self.nodes.append(node)
        return len(self.nodes) - 1, shape

    def depthwise(self, x, window, channels, padding="half"):
        """Adds a convolution with a window `(extent, stride)`.

        A border of half a window is an operator of its own at a stride.
        """
        extent, stride = window
        height, width, _ = x[1]
        shape = (-(-height // stride), -(-width // stride), channels)
        if self.largest and extent > self.largest:
            return self._tiles(x, extent, shape)
        if padding == "half" and stride > 1 and extent > 1:
            half = extent // 2
            padded = (height + 2 * half, width + 2 * half, x[1][2])
            x = self.add([x], padded)
        return self.add([x], shape)

    def _tiles(self, x, extent, shape):
        height, width, channels = x[1]
        axis = tiling.tiles(extent, self.largest)
        border = extent // 2 * 2 - extent
        views = [
            (height + border + rows, width + border + columns, channels)
            for _, rows in axis
            for _, columns in axis
        ]
        # The converter pads the network's input for all tiles at first.
        padded = [self.add([x], v) for v in views] if x[0] == 0 else []
        total = None
        for place, view in enumerate(views):
            # Elsewhere a tile begins when the sum so far is there.
            after = () if total is None else (total[0],)
            source = padded[place] if padded else self.add([x], view, after)
            tile = self.add([source], shape)
            total = tile if total is None else self.add([total, tile], shape)
        return total


def _run(graph, node, inputs, chosen):
    """Adds the operators of a node and returns the tensor that it makes."""
    if node.kind == "detect":
        return graph.add(inputs, network.detections([x[1] for x in inputs]))
    height, width, channels = inputs[0][1]
    if node.kind == "slot":
        return _slot(graph, inputs[0], chosen[node.name], node.stride)
    if node.kind == "depthwise":
        window = (max(node.kernel), node.stride)
        maps = channels * node.multiplier
        return graph.depthwise(inputs[0], window, maps, node.padding)
    if node.kind == "add":
        return graph.add(inputs, inputs[0][1])
    if node.kind in ("pool", "dense"):
        height = width = 1
    sides = -(-height // node.stride), -(-width // node.stride)
    return graph.add(inputs, (*sides, node.channels or channels))


def _slot(graph, x, name, stride):
    operation = operations.get(name)
    if operation.kind == "max":
        half = operation.kernel // 2
        height, width, channels = x[1]
        padded = (height + 2 * half, width + 2 * half, channels)
        x = graph.add([x], padded)
        shape = (-(-height // stride), -(-width // stride), channels)
        x = graph.add([x], shape)
        return graph.add([x], shape)
    return graph.depthwise(x, (operation.extent, stride), x[1][2])
