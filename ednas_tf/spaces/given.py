"""A network that is given node by node, of which channels are searched."""

import dataclasses
import functools

from ednas_tf import errors
from ednas_tf.spaces import channels, heads, limits, network


@dataclasses.dataclass(frozen=True)
class Given:
    """The fixed part of a space that is no stem, blocks and head.

    Attributes:
        name: Name of the space that it comes from.
        input_shape: Height, width and channels of the image.
        num_classes: Outputs of the classifier.
        layers: `Node` values of the whole network.
        channels: Pairs of group and channels that a search left; see
            `channels.groups`. Groups left out have all of theirs.
    """

    name: str
    input_shape: tuple
    num_classes: int
    layers: tuple
    channels: tuple = ()

    def __post_init__(self):
        network.check_name(self.name)
        network.check_ends(self.input_shape, self.num_classes)
        limits.check_count(len(self.layers), "nodes")
        network.check(self.layers, self.input_shape)
        limits.check(self.layers, self.input_shape)
        name, received = heads.classes(self.layers)
        if received != self.num_classes:
            raise errors.UserError(
                f"Expected {self.num_classes} classes of {name}, as the "
                f"network has. Received: {received}"
            )
        if network.slots(self.layers):
            raise errors.UserError(
                "Expected a given network without slots. Received: "
                f"{network.slots(self.layers)[0].name}"
            )
        channels.narrowed(self.layers, dict(self.channels))

    topology = "given"
    fork = None
    """No slots, so that all paths are one network."""

    @property
    def task(self):
        """What the network tells, one of `tasks.TASKS`."""
        return network.task(self.layers)

    @functools.cached_property
    def nodes(self):
        """Nodes of the network with the channels that it has now."""
        return channels.narrowed(self.layers, dict(self.channels))

    @property
    def whole_nodes(self):
        """Nodes of the network before any search of channels."""
        return self.layers

    def slots(self):
        """Nothing to choose an operation for."""
        return ()

    def branches(self):
        """No slots, so none side by side."""
        return ()

    def to_dict(self):
        """Returns values that `json` can write."""
        return {
            "name": self.name,
            "input_shape": list(self.input_shape),
            "num_classes": self.num_classes,
            "nodes": [dataclasses.asdict(node) for node in self.layers],
            "channels": dict(self.channels),
        }


def from_dict(values):
    """Rebuilds what `Given.to_dict` wrote; raises `KeyError`, `TypeError`."""
    return Given(
        name=str(values["name"]),
        input_shape=tuple(values["input_shape"]),
        num_classes=values["num_classes"],
        layers=tuple(_node(node) for node in values["nodes"]),
        channels=tuple((values.get("channels") or {}).items()),
    )


def _node(values):
    pairs = {name: tuple(values[name]) for name in ("inputs", "kernel")}
    return network.Node(**{**values, **pairs})
