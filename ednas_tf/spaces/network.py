"""A network as a list of nodes: what every part of the package reads.

Keras networks, operators, memory and channel groups all follow these nodes, so
that none of them knows a network by name.
"""

import dataclasses
import re

from ednas_tf import errors, tasks

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # Keras names its layers so.
_LONGEST_NAME = 100

IMAGE = "image"
"""Name of the tensor that the first node reads."""

ENDS = {
    "softmax": tasks.CLASSIFICATION,
    "sigmoid": tasks.MULTILABEL,
    "detect": tasks.DETECTION,
}
"""The task of a network by the kind of its last node."""
KINDS = ("conv", "depthwise", "slot", "add", "pool", "dense", *ENDS)
ACTIVATIONS = ("none", "relu", "relu6")
PADDINGS = ("half", "same")
ANCHORS_PER_CELL = 6
"""Boxes that a detector proposes at each place of a map: three forms at two
sizes."""
BOX = 4
"""Numbers that say where a box is."""
_OWNERS = {  # Fields that other kinds of nodes leave at their defaults.
    "channels": ("conv", "dense"),
    "kernel": ("conv", "depthwise"),
    "stride": ("conv", "depthwise", "slot"),
    "multiplier": ("depthwise",),
    "act": KINDS[:6],
    "dropout": KINDS[:6],
}
_FLAT = ("pool", "dense", "softmax", "sigmoid")


@dataclasses.dataclass(frozen=True)
class Node:
    """One step of a network, with the tensor that it makes.

    Attributes:
        name: Unique in the network, also the name of the tensor.
        kind: `conv`, `depthwise`, `slot` (the search chooses a depthwise
            operation), `add`, `pool` (the mean over height and width),
            `dense`, `softmax`, `sigmoid`, or `detect` (scores and boxes of all
            maps in one list).
        inputs: Names of the tensors that it reads; those of a `detect` are the
            scores and the boxes of the first map, of the second, and so on.
        channels: Outputs of a `conv` or a `dense`; others keep those that
            they read.
        kernel: Sides of the window of a `conv` or a `depthwise`.
        stride: Stride along both axes.
        act: Activation at the end: `none`, `relu` or `relu6`.
        norm: Whether a batch norm follows the convolution; else it has biases.
        multiplier: Outputs of a `depthwise` for each channel that it reads.
        padding: `half` of a kernel on each side, or `same` as in TensorFlow,
            which at a stride may pad one side more than the other.
        dropout: Share of the outputs that training drops.
    """

    name: str
    kind: str
    inputs: tuple
    channels: int = 0
    kernel: tuple = (1, 1)
    stride: int = 1
    act: str = "none"
    norm: bool = True
    multiplier: int = 1
    padding: str = "half"
    dropout: float = 0.0


def shapes(nodes, input_shape):
    """Returns the shape `(height, width, channels)` of each tensor by name.

    Args:
        nodes: `Node` values, each after those that it reads.
        input_shape: Shape of the image.
    """
    found = {IMAGE: tuple(input_shape)}
    for node in nodes:
        if node.kind == "detect":
            found[node.name] = detections([found[n] for n in node.inputs])
            continue
        height, width, channels = found[node.inputs[0]]
        if node.kind in ("pool", "dense"):
            height = width = 1
        found[node.name] = (
            -(-height // node.stride),
            -(-width // node.stride),
            node.channels or channels * node.multiplier,
        )
    return found


def detections(maps):
    """Returns the shape `(1, anchors, 4 + classes)` of a `detect` node.

    Args:
        maps: Shapes of what it reads.
    """
    scores, boxes = maps[::2], maps[1::2]
    anchors = sum(height * width for height, width, _ in boxes)
    classes = scores[0][2] // ANCHORS_PER_CELL
    return 1, anchors * ANCHORS_PER_CELL, BOX + classes


def task(nodes):
    """Returns the task of a network."""
    return ENDS[nodes[-1].kind]


def slots(nodes):
    """Returns the nodes in which the search chooses an operation."""
    return tuple(node for node in nodes if node.kind == "slot")


def is_chain(nodes):
    """Whether each node reads the one before it: one order of execution."""
    before = (IMAGE, *(node.name for node in nodes))
    return all(
        name in node.inputs for name, node in zip(before, nodes, strict=False)
    )


def check_name(name):
    """Raises `UserError` unless layers can be called so."""
    fits = isinstance(name, str) and len(name) <= _LONGEST_NAME
    if not fits or not _NAME.fullmatch(name):
        raise errors.UserError(
            "Expected names of letters, digits, '_', '-' and '.', of up to "
            f"{_LONGEST_NAME}. Received: {name!r:.200}"
        )


def check_ends(input_shape, num_classes):
    """Raises `UserError` unless image and classes are in range."""
    if len(input_shape) != 3:
        raise errors.UserError(
            "Expected an input shape of height, width and channels. Received: "
            f"{input_shape}"
        )
    for size in input_shape[:2]:
        check_number(size, "an image side", 1, 4096)
    check_number(input_shape[2], "image channels", 1, 1024)
    check_number(num_classes, "a number of classes", 2, 1_000_000)


def check_number(value, what, low, high, kinds=int):
    """Raises `UserError` unless a number of these kinds is in range."""
    fits = isinstance(value, kinds) and not isinstance(value, bool)
    if not fits or not low <= value <= high:
        raise errors.UserError(
            f"Expected {what} from {low} to {high}. Received: {value}"
        )


def check(nodes, input_shape):
    """Raises `UserError` unless the nodes make a network."""
    known = {IMAGE}
    for node in nodes:
        _check_node(node)
        for name in node.inputs:
            if name not in known:
                raise errors.UserError(
                    f"Expected {node.name} to read tensors made before it. "
                    f"Received: {name!r}"
                )
        if node.name in known:
            raise errors.UserError(f"Expected one node called {node.name}.")
        known.add(node.name)
    _check_end(nodes)
    _check_flat(nodes)
    _check_sums(nodes, shapes(nodes, input_shape))
    if nodes[-1].kind == "detect":
        _check_maps(nodes[-1], shapes(nodes, input_shape))


def _check_end(nodes):
    """Raises unless the nodes lead into a classifier or a detector."""
    kinds = [node.kind for node in nodes]
    ends = [kind for kind in kinds if kind in ENDS]
    classifier = kinds[-2:-1] == ["dense"] and kinds[-1] in _FLAT
    if ends != kinds[-1:] or not (classifier or ends == ["detect"]):
        raise errors.UserError(
            "Expected a network that ends with a dense and a softmax or "
            "sigmoid node, or with a detect node."
        )
    read = {name for node in nodes for name in node.inputs}
    for node in nodes[:-1]:
        if node.name not in read:
            raise errors.UserError(
                f"Expected a node that reads {node.name}, received none. "
                "Remove the node."
            )


def _check_flat(nodes):
    """Raises unless maps are read as maps, and pooled features as such."""
    flat = set()
    for node in nodes:
        pooled = {name in flat for name in node.inputs}
        wanted = {node.kind in _FLAT[1:]}
        if pooled != wanted and (node.kind != "add" or len(pooled) > 1):
            raise errors.UserError(
                "Expected dense, softmax and sigmoid nodes behind the pool, "
                "and other nodes before it. Received: "
                f"{node.name}, a {node.kind}, which reads "
                f"{', '.join(node.inputs)}"
            )
        if node.kind in _FLAT or (node.kind == "add" and True in pooled):
            flat.add(node.name)


def _check_maps(node, found):
    """Raises unless a detector reads scores and boxes, map by map."""
    maps = [found[name] for name in node.inputs]
    pairs = list(zip(maps[::2], maps[1::2], strict=False))
    whole = len(maps) == 2 * len(pairs)
    alike = all(scores[:2] == boxes[:2] for scores, boxes in pairs)
    depths = {(scores[2], boxes[2]) for scores, boxes in pairs}
    first = next(iter(depths))
    fits = (first[0] % ANCHORS_PER_CELL, first[1]) == (
        0,
        BOX * ANCHORS_PER_CELL,
    )
    if not (whole and alike and len(depths) == 1 and fits):
        raise errors.UserError(
            f"Expected {node.name} to read pairs of scores and boxes of equal "
            f"sides, with {ANCHORS_PER_CELL} channels for each class and "
            f"{BOX * ANCHORS_PER_CELL} for boxes. Received: {maps}"
        )


def _check_sums(nodes, found):
    for node in nodes:
        received = {found[name] for name in node.inputs}
        if node.kind == "add" and len(received) > 1:
            raise errors.UserError(
                f"Expected tensors of one shape in the sum {node.name}. "
                f"Received: {sorted(received)}"
            )


def _check_node(node):
    for value, what, known in (
        (node.kind, "kind of node", KINDS),
        (node.act, "activation", ACTIVATIONS),
        (node.padding, "padding", PADDINGS),
    ):
        if value not in known:
            raise errors.unknown_name(what, value, known)
    if not isinstance(node.norm, bool):
        raise errors.UserError(
            f"Expected true or false as the norm of {node.name}. "
            f"Received: {node.norm!r}"
        )
    check_name(node.name)
    several = node.kind in ("add", "detect")
    if not node.inputs or (len(node.inputs) > 1) != several:
        raise errors.UserError(
            f"Expected {node.name}, a {node.kind}, to read "
            f"{'several tensors' if several else 'one tensor'}. "
            f"Received: {', '.join(map(str, node.inputs)) or 'none'}"
        )
    for field, kinds in _OWNERS.items():
        value, default = getattr(node, field), getattr(Node, field)
        if value != default and node.kind not in kinds:
            raise errors.UserError(
                f"Expected no {field} of {node.name}, a {node.kind}. "
                f"Received: {value}"
            )
    _check_numbers(node)
    _check_padding(node)


def _check_numbers(node):
    if len(node.kernel) != 2:
        raise errors.UserError(
            f"Expected two sides of the kernel of {node.name}. "
            f"Received: {node.kernel}"
        )
    of = f"of {node.name}"
    fewest = 1 if node.kind in _OWNERS["channels"] else 0
    check_number(node.channels, f"channels {of}", fewest, 65536)
    check_number(node.stride, f"a stride {of}", 1, 4)
    check_number(node.multiplier, f"a depth multiplier {of}", 1, 64)
    check_number(node.dropout, f"a dropout {of}", 0, 0.95, (int, float))
    for side in node.kernel:
        check_number(side, f"a kernel {of}", 1, 31)


def _check_padding(node):
    """Raises unless the layers that there are pad as the node says."""
    rows, columns = node.kernel
    centred = rows % 2 == columns % 2 == 1
    if node.stride > 1:
        largest = 31 if node.kind == "depthwise" else 1
        centred &= rows == columns <= largest
    if node.padding == "half" and not centred:
        raise errors.UserError(
            f"Expected the padding same of {node.name}, which has a stride or "
            f"a kernel without centre. Received: {node.padding}"
        )
