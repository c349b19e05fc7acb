"""A search space: a skeleton and what each of its slots can choose."""

import dataclasses
import json
import math

from ednas_tf import errors
from ednas_tf.spaces import network, operations, skeleton
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-space/1"


@dataclasses.dataclass(frozen=True)
class Slot:
    """One place where the search chooses.

    Attributes:
        name: Unique in the space.
        operations: Names of the candidates.
    """

    name: str
    operations: tuple


@dataclasses.dataclass(frozen=True)
class SearchSpace:
    """All architectures that a search can return.

    Attributes:
        skeleton: The fixed part, a `Skeleton` or `Given`.
        slots: One `Slot` per slot of the skeleton, in the same order.
    """

    skeleton: skeleton.Skeleton
    slots: tuple

    def __post_init__(self):
        nodes = network.slots(self.skeleton.nodes)
        expected = [node.name for node in nodes]
        received = [slot.name for slot in self.slots]
        if expected != received:
            raise errors.UserError(
                f"Expected the slots {expected}. Received: {received}"
            )
        for slot, node in zip(self.slots, nodes, strict=True):
            _check_slot(slot, node.stride)

    @property
    def size(self):
        """Number of ways to choose operations; channels stay as they are."""
        return math.prod(len(slot.operations) for slot in self.slots)

    def narrowed(self, counts):
        """Returns the space with other numbers of channels.

        Args:
            counts: Channels by group; groups left out have all of theirs.
        """
        pairs = tuple(sorted(counts.items()))
        fixed = dataclasses.replace(self.skeleton, channels=pairs)
        return dataclasses.replace(self, skeleton=fixed)

    def to_json(self):
        """Returns the space as JSON text."""
        slots = [
            {"name": slot.name, "operations": list(slot.operations)}
            for slot in self.slots
        ]
        values = {"schema": SCHEMA, "skeleton": self.skeleton.to_dict()}
        return json.dumps({**values, "slots": slots}, indent=2)


def from_json(text):
    """Reads what `SearchSpace.to_json` wrote; raises `UserError`."""
    try:
        values = json_text.mapping(text)
        if values["schema"] != SCHEMA:
            raise errors.UserError(
                f"Expected the schema {SCHEMA}. Received: {values['schema']}"
            )
        slots = tuple(
            Slot(slot["name"], tuple(slot["operations"]))
            for slot in values["slots"]
        )
        return SearchSpace(skeleton.from_dict(values["skeleton"]), slots)
    except KeyError as error:
        raise errors.UserError(f"The key {error} is missing.") from error
    except (TypeError, AttributeError) as error:
        raise errors.UserError(f"Not a search space: {error}.") from error


def with_operations(fixed, names):
    """Returns a space that offers the same operations in every slot.

    A slot with a stride does without the dilated operations, for which
    TensorFlow has no layer there.

    Args:
        fixed: A `Skeleton` or `Given`.
        names: Names of operations.
    """
    known = [operations.get(name) for name in names]
    slots = []
    for node in network.slots(fixed.nodes):
        usable = [o.name for o in known if operations.fits(o, node.stride)]
        slots.append(Slot(node.name, tuple(usable)))
    return SearchSpace(fixed, tuple(slots))


def _check_slot(slot, stride):
    if not slot.operations:
        raise errors.UserError(
            f"Expected an operation in slot {slot.name} (stride {stride}), "
            "received none. Add one without dilation."
        )
    if len(set(slot.operations)) != len(slot.operations):
        raise errors.UserError(
            f"Expected each operation once in slot {slot.name}. "
            f"Received: {', '.join(slot.operations)}"
        )
    for name in slot.operations:
        if not operations.fits(operations.get(name), stride):
            raise errors.UserError(
                f"Slot {slot.name} has stride {stride}, and TensorFlow has no "
                f"strided dilated convolution. Remove {name} from the slot."
            )
