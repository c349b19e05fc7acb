"""An architecture: one operation per slot, as the file that `train` needs."""

import dataclasses
import json

from ednas_tf import errors
from ednas_tf.spaces import network, operations, skeleton
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-architecture/1"
_MAX_BYTES = 4_000_000
_TEXTS = ("target", "core", "lut_sha256")


@dataclasses.dataclass(frozen=True)
class Choice:
    """What one slot became.

    Attributes:
        slot: Name of the slot.
        operation: Name of the operation.
        channels: Channels that the operation works on.
    """

    slot: str
    operation: str
    channels: int


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network to build: a skeleton with one choice per slot.

    Attributes:
        skeleton: The fixed part, a `Skeleton` or `Given`.
        choices: One `Choice` per slot, in the order of the skeleton.
        costs: Costs of the network by name, in the units of the names; a cost
            that the target has no model for is None.
        target: Name of the target that the costs are for.
        core: Core of the target that they are for, or None.
        lut_sha256: Hash of the table that the costs come from.
        classes: Names of the classes, or empty.
    """

    skeleton: skeleton.Skeleton
    choices: tuple
    costs: dict = dataclasses.field(default_factory=dict)
    target: str | None = None
    core: str | None = None
    lut_sha256: str | None = None
    classes: tuple = ()

    def __post_init__(self):
        expected = list(_slot_channels(self.skeleton))
        received = [(choice.slot, choice.channels) for choice in self.choices]
        if expected != received:
            raise errors.UserError(
                f"Expected slots and channels {expected!s:.300}. Received: "
                f"{received!s:.300}"
            )
        nodes = network.slots(self.skeleton.nodes)
        for choice, node in zip(self.choices, nodes, strict=True):
            _check_choice(choice, node.stride)

    @property
    def side(self):
        """Height of the images in pixels."""
        return self.skeleton.input_shape[0]

    def operation(self, slot):
        """Returns the name of the operation in a slot."""
        return {c.slot: c.operation for c in self.choices}[slot]

    def to_json(self):
        """Returns the architecture as JSON text (`contract`: Files)."""
        fixed = self.skeleton.to_dict()
        slots = [
            {"name": c.slot, "operation": c.operation, "channels": c.channels}
            for c in self.choices
        ]
        values = {
            "schema": SCHEMA,
            "space": fixed["name"],
            "input_shape": fixed["input_shape"],
            "num_classes": fixed["num_classes"],
            "slots": slots,
            "costs": self.costs,
            "target": self.target,
            "core": self.core,
            "lut_sha256": self.lut_sha256,
            "classes": list(self.classes),
        }
        return json.dumps(
            {**values, **{k: v for k, v in fixed.items() if k != "name"}},
            indent=2,
        )


def from_json(text):
    """Reads what `Architecture.to_json` wrote; raises `UserError`."""
    if len(text) > _MAX_BYTES:
        raise errors.UserError(
            f"Expected at most {_MAX_BYTES} bytes of architecture."
        )
    try:
        values = json_text.mapping(text)
        if values["schema"] != SCHEMA:
            raise errors.UserError(
                f"Expected the schema {SCHEMA}. Received: {values['schema']}"
            )
        return _from_values(values)
    except errors.UserError:
        raise
    except KeyError as error:
        raise errors.UserError(f"The key {error} is missing.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise errors.UserError(f"Not an architecture: {error}.") from error


def choose(fixed, names, **kwargs):
    """Returns the architecture with operation `names`, one per slot.

    Args:
        fixed: A `Skeleton` or `Given`.
        names: Names of operations, in the order of the slots.
        **kwargs: Further fields of `Architecture`.
    """
    choices = tuple(
        Choice(slot, name, channels)
        for (slot, channels), name in zip(
            _slot_channels(fixed), names, strict=True
        )
    )
    return Architecture(fixed, choices, **kwargs)


def _from_values(values):
    fixed = skeleton.from_dict({**values, "name": values["space"]})
    choices = tuple(
        Choice(slot["name"], slot["operation"], slot["channels"])
        for slot in values["slots"]
    )
    return Architecture(
        skeleton=fixed,
        choices=choices,
        costs=_costs(values.get("costs") or {}),
        classes=_classes(values.get("classes") or []),
        **{name: _text(values, name) for name in _TEXTS},
    )


def _costs(values):
    """Returns costs by name; one that nothing models is None."""
    numbers = isinstance(values, dict) and all(
        cost is None
        or (isinstance(cost, (int, float)) and not isinstance(cost, bool))
        for cost in values.values()
    )
    if not numbers:
        raise errors.UserError(
            f"Expected costs by name. Received: {values!r:.100}"
        )
    return values


def _classes(values):
    texts = isinstance(values, list) and all(
        isinstance(name, str) for name in values
    )
    if not texts:
        raise errors.UserError(
            f"Expected classes as a list of names. Received: {values!r:.100}"
        )
    return tuple(values)


def _text(values, name):
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.UserError(
            f"Expected a name or null as {name}. Received: {value!r:.100}"
        )
    return value


def _slot_channels(fixed):
    """Yields name and channels of each slot."""
    found = network.shapes(fixed.nodes, fixed.input_shape)
    for node in network.slots(fixed.nodes):
        yield node.name, found[node.name][-1]


def _check_choice(choice, stride):
    if not operations.fits(operations.get(choice.operation), stride):
        raise errors.UserError(
            f"Slot {choice.slot} has stride {stride}, and TensorFlow has no "
            f"strided dilated convolution. Received: {choice.operation}"
        )
