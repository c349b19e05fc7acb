"""Where each part of the drawing of a network stands."""

import dataclasses

from ednas_tf.spaces import network, operations

ROW = 26
BOX = 20
_LANE = 8
_EDGE = 4
_BOX_WIDTH = 200
_TOP = 30
_KINDS = {
    "conv": "conv",
    "depthwise": "depthwise",
    "add": "sum",
    "pool": "mean of the map",
    "dense": "dense",
    "softmax": "softmax",
    "sigmoid": "sigmoid",
    "detect": "all boxes",
}


@dataclasses.dataclass(frozen=True)
class Placed:
    """A node with its place.

    Attributes:
        name: Name of the node.
        kind: Kind of the node.
        told: What it computes, as `conv 3×3 /2`.
        shape: Shape `(height, width, channels)` of what it makes.
        x, y, width, height: Its box, in pixels.
    """

    name: str
    kind: str
    told: str
    shape: tuple
    x: float
    y: float
    width: float = _BOX_WIDTH
    height: float = BOX

    @property
    def middle(self):
        """Height at which wires reach it."""
        return self.y + self.height / 2


@dataclasses.dataclass(frozen=True)
class Wire:
    """A tensor that is read by a node further down than the next one.

    Attributes:
        source, reader: Names of the nodes.
        start, end: Heights at which it leaves and arrives.
        x: Where it runs down, left of all boxes.
    """

    source: str
    reader: str
    start: float
    end: float
    x: float


@dataclasses.dataclass(frozen=True)
class Layout:
    """A network on paper.

    Attributes:
        nodes: `Placed` values, from top to bottom.
        wires: `Wire` values of what is not read by the next node.
        left: Where the boxes begin.
        right: Where the boxes end.
        height: Height of the whole drawing.
    """

    nodes: tuple
    wires: tuple
    left: float
    right: float
    height: float


def layout(architecture):
    """Returns the `Layout` of an architecture.

    Args:
        architecture: The `Architecture`.
    """
    fixed = architecture.skeleton
    shapes = network.shapes(fixed.nodes, fixed.input_shape)
    names = [network.IMAGE, *(node.name for node in fixed.nodes)]
    spans = _spans(fixed.nodes, names)
    lanes = _lanes(spans)
    left = _EDGE + _LANE * (max(lanes, default=-1) + 1) + 6
    boxes = [_image(shapes[network.IMAGE], left)]
    for place, node in enumerate(fixed.nodes, 1):
        told = _told(node, architecture)
        y = _TOP + place * ROW
        kind = node.kind
        boxes.append(Placed(node.name, kind, told, shapes[node.name], left, y))
    wires = tuple(
        Wire(
            names[first],
            names[last],
            boxes[first].middle,
            boxes[last].middle,
            left - 6 - _LANE * (lane + 1) + _LANE / 2,
        )
        for (first, last), lane in zip(spans, lanes, strict=True)
    )
    height = boxes[-1].y + ROW
    return Layout(tuple(boxes), wires, left, left + _BOX_WIDTH, height)


def _image(shape, left):
    told = "input"
    return Placed(network.IMAGE, network.IMAGE, told, shape, left, _TOP)


def _spans(nodes, names):
    """Returns rows of source and reader of what skips rows, short first."""
    rows = {name: row for row, name in enumerate(names)}
    found = [
        (rows[name], row)
        for row, node in enumerate(nodes, 1)
        for name in node.inputs
        if rows[name] != row - 1
    ]
    return sorted(set(found), key=lambda span: (span[1] - span[0], span))


def _lanes(spans):
    """Returns the lane of each span, so that none meets another in its lane."""
    taken, lanes = [], []
    for first, last in spans:
        lane = next(
            (
                number
                for number, others in enumerate(taken)
                if all(last <= a or b <= first for a, b in others)
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((first, last))
        lanes.append(lane)
    return lanes


def _told(node, architecture):
    """Returns what a node computes in few letters."""
    if node.kind == "slot":
        told = _operation(architecture.operation(node.name))
    else:
        told = _KINDS[node.kind]
    if node.kind in ("conv", "depthwise"):
        told += f" {node.kernel[0]}×{node.kernel[1]}"
    return f"{told}  /{node.stride}" if node.stride > 1 else told


def _operation(name):
    """Returns what an operation of a slot is, as `depthwise 5×5`."""
    found = operations.get(name)
    kinds = {"average": "mean", "max": "maximum", "identity": "skip"}
    told = kinds.get(found.kind, found.kind)
    if found.kind == "identity":
        return told
    told += f" {found.kernel}×{found.kernel}"
    return told + (f" d{found.dilation}" if found.dilation > 1 else "")
