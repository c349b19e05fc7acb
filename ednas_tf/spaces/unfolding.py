"""From stem, blocks and head to the nodes of the network."""

from ednas_tf import tasks
from ednas_tf.spaces import heads
from ednas_tf.spaces.network import IMAGE, Node

ACTIVATION = "relu6"
STEM = "stem_pointwise"
"""Node after which every path has its own part of the batch."""


def nodes(skeleton):
    """Returns the `Node` values of a `Skeleton`, in the order of the data."""
    steps = list(_stem(skeleton.stem))
    tensors = {-1: STEM}
    for index in range(len(skeleton.blocks)):
        steps += _block(skeleton, index, tensors)
        tensors[index] = steps[-1].name
    if skeleton.task == tasks.DETECTION:
        return heads.detector(steps, skeleton.input_shape, skeleton.num_classes)
    return (*steps, *_head(skeleton, steps[-1].name))


def _stem(stem):
    yield Node(
        "stem_depthwise",
        "depthwise",
        (IMAGE,),
        kernel=(stem.kernel, stem.kernel),
        stride=stem.stride,
        multiplier=stem.depth_multiplier,
    )
    yield Node(STEM, "conv", ("stem_depthwise",), stem.channels, act=ACTIVATION)


def _block(skeleton, index, tensors):
    block = skeleton.blocks[index]
    slots = skeleton.slot_names(index)
    alone = len(slots) == 1
    for source, slot in zip(skeleton.inputs(index), slots, strict=True):
        x = tensors[source]
        if skeleton.expands(index):
            yield Node(
                f"{slot}_expand",
                "conv",
                (x,),
                skeleton.hidden_channels(index),
                stride=skeleton.alignment(index, source),
                act=ACTIVATION,
            )
            x = f"{slot}_expand"
        act = ACTIVATION if alone else "none"
        yield Node(slot, "slot", (x,), stride=block.stride, act=act)
    x = slots[0]
    if not alone:
        x = f"{block.name}_sum"
        yield Node(x, "add", slots, act=ACTIVATION)
    act = ACTIVATION if block.activation else "none"
    residual = skeleton.residual(index)
    project = f"{block.name}_project"
    first = "none" if residual else act
    yield Node(project, "conv", (x,), block.channels, act=first)
    if residual:
        inputs = (project, tensors[index - 1])
        yield Node(f"{block.name}_residual", "add", inputs, act=act)


def _head(skeleton, x):
    head = skeleton.head
    if head.channels:
        yield Node("head", "conv", (x,), head.channels, act=ACTIVATION)
        x = "head"
    yield Node("head_pool", "pool", (x,))
    x = "head_pool"
    if head.features:
        features = head.features
        yield Node("head_features", "dense", (x,), features, act=ACTIVATION)
        x = "head_features"
    yield from heads.classifier(x, skeleton.num_classes, skeleton.task)
