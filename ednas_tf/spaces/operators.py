"""The operators that a network becomes on a device, counted by hand.

Batch norm is folded and ReLU6 is fused, as every converter does, so that the
list is what the exported file holds (padding apart).
"""

import dataclasses

from ednas_tf.spaces import operations

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
    """Returns the operators that no choice changes, as a tuple."""
    rows = list(_stem(skeleton))
    for index in range(len(skeleton.blocks)):
        rows += _block(skeleton, index)
    return (*rows, *_head(skeleton))


def slot_operators(skeleton, index, name):
    """Returns the operators of one slot of block `index`.

    Args:
        skeleton: The fixed part of the network.
        index: Place of the block.
        name: Name of the operation in the slot.
    """
    operation = operations.get(name)
    channels = skeleton.hidden_channels(index)
    height, width, _ = skeleton.shape(index - 1)
    window = (operation.kernel, skeleton.blocks[index].stride)
    alone = len(skeleton.inputs(index)) == 1
    act = "relu6" if alone else "none"
    if operation.kind == "max":
        pooled = _window("maxpool", (height, width, channels), *window)
        shape = (pooled.out_h, pooled.out_w, channels)
        return pooled, _window("dwconv2d", shape, 1, 1, act=act)
    shape = (height, width, channels)
    dilation = operation.dilation
    return (_window("dwconv2d", shape, *window, dilation=dilation, act=act),)


def architecture_operators(architecture):
    """Returns all operators of an architecture: fixed ones, then the slots."""
    skeleton = architecture.skeleton
    rows = list(fixed_operators(skeleton))
    for slot, index in skeleton.slots():
        rows += slot_operators(skeleton, index, architecture.operation(slot))
    return tuple(rows)


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


def _stem(skeleton):
    stem = skeleton.stem
    maps = skeleton.input_shape[2] * stem.depth_multiplier
    yield dataclasses.replace(
        _window("dwconv2d", skeleton.input_shape, stem.kernel, stem.stride),
        out_c=maps,
    )
    height, width, channels = skeleton.shape(-1)
    yield _pointwise((height, width, maps), channels, "relu6")


def _block(skeleton, index):
    hidden = skeleton.hidden_channels(index)
    shape = skeleton.shape(index)
    inputs = skeleton.inputs(index)
    if skeleton.expands(index):
        newest = skeleton.shape(index - 1)
        for source in inputs:
            row = _pointwise(skeleton.shape(source), hidden, "relu6")
            yield dataclasses.replace(
                row,
                out_h=newest[0],
                out_w=newest[1],
                stride=skeleton.alignment(index, source),
            )
    for _ in inputs[1:]:
        yield _elementwise("add", (*shape[:2], hidden), "relu6")
    block = skeleton.blocks[index]
    act = "relu6" if block.activation else "none"
    residual = skeleton.residual(index)
    yield _pointwise(
        (*shape[:2], hidden), shape[2], "none" if residual else act
    )
    if residual:
        yield _elementwise("add", shape, act)


def _head(skeleton):
    height, width, channels = skeleton.shape(len(skeleton.blocks) - 1)
    if skeleton.head.channels:
        features = skeleton.head.channels
        yield _pointwise((height, width, channels), features, "relu6")
        channels = features
    yield Operator("gap", height, width, channels, 1, 1, channels)
    if skeleton.head.features:
        yield _dense(channels, skeleton.head.features, "relu6")
        channels = skeleton.head.features
    yield _dense(channels, skeleton.num_classes, "none")
    yield _elementwise("softmax", (1, 1, skeleton.num_classes), "none")


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


def _pointwise(shape, channels, act):
    return Operator("pwconv2d", *shape, *shape[:2], channels, act=act)


def _dense(inputs, outputs, act):
    return Operator("fc", 1, 1, inputs, 1, 1, outputs, act=act)


def _elementwise(op, shape, act):
    return Operator(op, *shape, *shape, act=act)
