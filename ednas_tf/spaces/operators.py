"""The operators that a network becomes on a device, counted by hand.

Batch norm is folded and ReLU6 is fused, as every converter does, so that the
list is what the exported file holds (padding apart). So are the sigmoid and the
joining of lists at the end of some networks, which cost next to nothing.
"""

import dataclasses

from ednas_tf.spaces import network, operations

FIELDS = (
    "op",
    "in_h",
    "in_w",
    "in_c",
    "out_h",
    "out_w",
    "out_c",
    "kernel_h",
    "kernel_w",
    "stride",
    "dilation",
    "act",
)
CONVOLUTIONS = ("conv2d", "dwconv2d", "pwconv2d")
_KINDS = {
    "conv": "conv2d",
    "depthwise": "dwconv2d",
    "add": "add",
    "pool": "gap",
    "dense": "fc",
    "softmax": "softmax",
}
FREE = ("sigmoid", "detect")
"""Kinds of nodes that are no operators of a table."""


@dataclasses.dataclass(frozen=True)
class Operator:
    """One operator, with the columns of `ednas-lut/1` that identify it.

    Attributes:
        op: `conv2d dwconv2d pwconv2d maxpool avgpool gap fc add mul concat
            softmax`.
        in_h, in_w, in_c: Shape of the first input.
        out_h, out_w, out_c: Shape of the output.
        kernel_h, kernel_w: Sides of the window, 1 where there is none.
        stride, dilation: Of the window.
        act: Fused activation, `none`, `relu` or `relu6`.
    """

    op: str
    in_h: int
    in_w: int
    in_c: int
    out_h: int
    out_w: int
    out_c: int
    kernel_h: int = 1
    kernel_w: int = 1
    stride: int = 1
    dilation: int = 1
    act: str = "none"

    @property
    def groups(self):
        """Groups of the convolution: all input channels for a depthwise."""
        return self.in_c if self.op == "dwconv2d" else 1

    @property
    def num_outputs(self):
        """Elements of the output: bytes at int8."""
        return self.out_h * self.out_w * self.out_c

    @property
    def weights(self):
        """Trained weights without biases."""
        if self.op in CONVOLUTIONS:
            window = self.kernel_h * self.kernel_w
            return window * self.in_c // self.groups * self.out_c
        if self.op == "fc":
            return self.in_c * self.out_c
        return 0

    @property
    def biases(self):
        """Biases, one per output channel of a layer with weights."""
        return self.out_c if self.weights else 0

    @property
    def macs(self):
        """Multiply-accumulates, of weights only (FLOPs are twice as many)."""
        return self.weights * self.out_h * self.out_w


def fixed_operators(skeleton):
    """Returns the operators that no choice changes, as a tuple.

    Args:
        skeleton: A `Skeleton` or `Given`.
    """
    found = network.shapes(skeleton.nodes, skeleton.input_shape)
    return tuple(
        node_operator(node, found)
        for node in skeleton.nodes
        if node.kind != "slot" and node.kind not in FREE
    )


def slot_operators(skeleton, slot, name):
    """Returns the operators of one slot.

    Args:
        skeleton: A `Skeleton`.
        slot: Name of the slot.
        name: Name of the operation in the slot.
    """
    found = network.shapes(skeleton.nodes, skeleton.input_shape)
    (node,) = (n for n in skeleton.nodes if n.name == slot)
    return operation_operators(node, found[node.inputs[0]], name)


def architecture_operators(architecture):
    """Returns all operators of an architecture: fixed ones, then the slots."""
    skeleton = architecture.skeleton
    found = network.shapes(skeleton.nodes, skeleton.input_shape)
    rows = list(fixed_operators(skeleton))
    for node in network.slots(skeleton.nodes):
        name = architecture.operation(node.name)
        rows += operation_operators(node, found[node.inputs[0]], name)
    return tuple(rows)


def node_operator(node, shapes):
    """Returns the operator of a node that is no slot.

    Args:
        node: A `Node`.
        shapes: Shape `(height, width, channels)` by name of the tensor.
    """
    inputs, outputs = shapes[node.inputs[0]], shapes[node.name]
    op = _KINDS[node.kind]
    if node.kind == "conv" and tuple(node.kernel) == (1, 1):
        op = "pwconv2d"
    return Operator(
        op, *inputs, *outputs, *node.kernel, node.stride, act=node.act
    )


def operation_operators(node, shape, name):
    """Returns the operators of a slot that became an operation.

    Args:
        node: The `Node` of the slot.
        shape: Shape `(height, width, channels)` of what it reads.
        name: Name of the operation.
    """
    operation = operations.get(name)
    window = (operation.kernel, node.stride)
    if operation.kind == "max":
        pooled = _window("maxpool", shape, *window)
        shape = (pooled.out_h, pooled.out_w, shape[2])
        return pooled, _window("dwconv2d", shape, 1, 1, act=node.act)
    dilation = operation.dilation
    return (
        _window("dwconv2d", shape, *window, dilation=dilation, act=node.act),
    )


def totals(rows):
    """Returns `macs`, `params` and `memory_bytes` of operators.

    Memory is what an int8 file holds: a byte per weight, four per bias.
    """
    weights = sum(row.weights for row in rows)
    biases = sum(row.biases for row in rows)
    return {
        "macs": sum(row.macs for row in rows),
        "params": weights + biases,
        "memory_bytes": weights + 4 * biases,
    }


def _window(op, shape, kernel, stride, dilation=1, act="none"):
    height, width, channels = shape
    return Operator(
        op,
        *shape,
        -(-height // stride),
        -(-width // stride),
        channels,
        kernel,
        kernel,
        stride,
        dilation,
        act,
    )
