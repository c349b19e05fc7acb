"""The part of a network that the search leaves alone."""

import dataclasses
import functools

from ednas_tf import errors, tasks
from ednas_tf.spaces import channels, given, limits, network, unfolding

TOPOLOGIES = ("chain", "previous_two")


@dataclasses.dataclass(frozen=True)
class Stem:
    """The depthwise-separable convolution on the image (paper, III-A.1).

    Attributes:
        kernel: Side of the depthwise kernel, odd.
        stride: Stride of the depthwise convolution.
        channels: Channels after the pointwise convolution.
        depth_multiplier: Depthwise kernels for each channel of the image.
    """

    kernel: int = 11
    stride: int = 1
    channels: int = 32
    depth_multiplier: int = 1


@dataclasses.dataclass(frozen=True)
class Block:
    """An inverted residual around one slot per input.

    Attributes:
        name: Unique in the skeleton.
        channels: Channels of the output.
        stride: Stride of the slots.
        expansion: Channels in the slots for each channel of the newest input.
            With 1 and a single input there is no expanding convolution.
        activation: Whether a ReLU6 follows the projection.
    """

    name: str
    channels: int
    stride: int = 1
    expansion: int = 1
    activation: bool = False


@dataclasses.dataclass(frozen=True)
class Head:
    """Pointwise convolutions around the global pooling, then the classifier.

    Attributes:
        channels: Channels of the convolution before the pooling, 0 for none.
        features: Units of the dense layer after the pooling, 0 for none.
    """

    channels: int = 0
    features: int = 0


@dataclasses.dataclass(frozen=True)
class Skeleton:
    """Stem, blocks and head; with one operation per slot it is a network.

    Attributes:
        name: Name of the space that it comes from.
        input_shape: Height, width and channels of the image.
        num_classes: Outputs of the classifier.
        stem: The stem.
        blocks: The blocks, in the order of the data.
        head: The head.
        topology: `chain`, or `previous_two` where a block sums one slot on
            each of the outputs of the two blocks before it (Eq. 6).
        channels: Pairs of group and channels that a search left; see
            `channels.groups`. Groups left out have all of theirs, and so
            has what the methods below tell.
        task: What the network tells, one of `tasks.TASKS`. A detector reads
            maps of the blocks, and has no head.
    """

    name: str
    input_shape: tuple
    num_classes: int
    stem: Stem
    blocks: tuple
    head: Head
    topology: str = "chain"
    channels: tuple = ()
    task: str = tasks.CLASSIFICATION

    fork = unfolding.STEM
    """Node after which every path has its own part of the batch."""

    def __post_init__(self):
        _check(self)
        limits.check(self.whole_nodes, self.input_shape)
        channels.narrowed(self.whole_nodes, dict(self.channels))

    @functools.cached_property
    def whole_nodes(self):
        """Nodes of the network before any search of channels."""
        return unfolding.nodes(self)

    @functools.cached_property
    def nodes(self):
        """Nodes of the network with the channels that it has now."""
        return channels.narrowed(self.whole_nodes, dict(self.channels))

    def shape(self, index):
        """Output shape `(height, width, channels)` of a block; -1: the stem."""
        height, width, _ = self.input_shape
        stages = (self.stem, *self.blocks[: index + 1])
        for stage in stages:
            height = -(-height // stage.stride)
            width = -(-width // stage.stride)
        return height, width, stages[-1].channels

    def inputs(self, index):
        """Indices of the blocks that block `index` reads, the newest last."""
        if self.topology == "chain" or index == 0:
            return (index - 1,)
        return (index - 2, index - 1)

    def hidden_channels(self, index):
        """Channels inside the slots of block `index`."""
        return self.shape(index - 1)[2] * self.blocks[index].expansion

    def expands(self, index):
        """Whether pointwise convolutions lead into the slots of a block."""
        return self.blocks[index].expansion > 1 or len(self.inputs(index)) > 1

    def alignment(self, index, source):
        """Stride that brings input `source` of a block to its newest one."""
        return 1 if source == index - 1 else self.blocks[index - 1].stride

    def residual(self, index):
        """Whether block `index` adds its newest input to its output."""
        return self.shape(index) == self.shape(index - 1)

    def slot_names(self, index):
        """One name per slot of block `index`, in the order of `inputs`."""
        name = self.blocks[index].name
        if self.topology == "chain":
            return (name,)
        return tuple(
            f"{name}_input{place}" for place in range(len(self.inputs(index)))
        )

    def slots(self):
        """Pairs of slot name and block index, in the order of the data."""
        return tuple(
            (name, index)
            for index in range(len(self.blocks))
            for name in self.slot_names(index)
        )

    def branches(self):
        """Slots that may run in turns: the names of each block's."""
        return tuple(self.slot_names(i) for i in range(len(self.blocks)))

    def to_dict(self):
        """Returns values that `json` can write."""
        values = dataclasses.asdict(self)
        return {
            **values,
            "input_shape": list(self.input_shape),
            "channels": dict(self.channels),
        }


def from_dict(values):
    """Rebuilds what `to_dict` of `Skeleton` or `Given` wrote.

    Raises:
        UserError: If the values are not as they were.
    """
    try:
        if "nodes" in values:
            return given.from_dict(values)
        return Skeleton(
            name=str(values["name"]),
            input_shape=tuple(values["input_shape"]),
            num_classes=values["num_classes"],
            stem=Stem(**values["stem"]),
            blocks=tuple(Block(**block) for block in values["blocks"]),
            head=Head(**values["head"]),
            topology=values["topology"],
            channels=tuple((values.get("channels") or {}).items()),
            task=values.get("task", tasks.CLASSIFICATION),
        )
    except KeyError as error:
        raise errors.UserError(
            f"Expected a network with the key {error}, which is missing."
        ) from error
    except (TypeError, AttributeError) as error:
        raise errors.UserError(
            f"Expected a network of stem, blocks and head, or of nodes. {error}"
        ) from error


def _check(skeleton):
    """Raises `UserError` unless all numbers are in range."""
    if skeleton.topology not in TOPOLOGIES:
        raise errors.unknown_name("topology", skeleton.topology, TOPOLOGIES)
    if skeleton.task not in tasks.TASKS:
        raise errors.unknown_name("task", str(skeleton.task), tasks.TASKS)
    network.check_ends(skeleton.input_shape, skeleton.num_classes)
    if not skeleton.blocks:
        raise errors.UserError("Expected at least one block, received none.")
    limits.check_count(len(skeleton.blocks), "blocks")
    _check_blocks(skeleton)
    for value, what, low, high in _bounds(skeleton):
        network.check_number(value, what, low, high)
    if skeleton.stem.kernel % 2 == 0:
        raise errors.UserError(
            f"Expected an odd stem kernel. Received: {skeleton.stem.kernel}"
        )


def _check_blocks(skeleton):
    names = [block.name for block in skeleton.blocks]
    for name in (skeleton.name, *names):
        network.check_name(name)
    if len(set(names)) != len(names):
        raise errors.UserError(f"Expected unique block names: {names}")
    for block in skeleton.blocks:
        if not isinstance(block.activation, bool):
            raise errors.UserError(
                f"Expected true or false as the activation of {block.name}. "
                f"Received: {block.activation!r}"
            )


def _bounds(skeleton):
    """Yields `(value, name, lowest, highest)` of every number."""
    stem, head = skeleton.stem, skeleton.head
    yield stem.kernel, "a stem kernel", 1, 31
    yield stem.depth_multiplier, "a stem depth multiplier", 1, 64
    yield head.channels, "head channels", 0, 65536
    yield head.features, "head features", 0, 65536
    for stage in (stem, *skeleton.blocks):
        yield stage.stride, "a stride", 1, 4
        yield stage.channels, "channels", 1, 65536
    for block in skeleton.blocks:
        yield block.expansion, f"the expansion of {block.name}", 1, 64
