"""What a slot can choose: every operation by name, as plain values."""

import dataclasses

from ednas_tf import errors


@dataclasses.dataclass(frozen=True)
class Operation:
    """One candidate of a slot, applied to each channel on its own.

    Attributes:
        name: Name in flags, files and plots.
        kind: `depthwise` (trained taps), `average`, `identity` (fixed taps) or
            `max`. All but `max` are linear in the input.
        kernel: Taps along one side.
        dilation: Distance between neighbouring taps, in pixels.
    """

    name: str
    kind: str
    kernel: int
    dilation: int = 1

    @property
    def extent(self):
        """Pixels between the outermost taps, both included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def linear(self):
        """Whether the operation is a convolution and can be merged (Eq. 8)."""
        return self.kind != "max"


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("dw3", "depthwise", 3),
        Operation("dw5", "depthwise", 5),
        Operation("dw7", "depthwise", 7),
        Operation("dw9", "depthwise", 9),
        Operation("dw11", "depthwise", 11),
        Operation("dw3d2", "depthwise", 3, dilation=2),
        Operation("dw3d3", "depthwise", 3, dilation=3),
        Operation("avg3", "average", 3),
        Operation("max3", "max", 3),
        Operation("skip", "identity", 1),
    )
}


def get(name):
    """Returns the operation called `name`, or raises `UserError`."""
    if name not in OPERATIONS:
        raise errors.unknown_name("operation", name, OPERATIONS)
    return OPERATIONS[name]


def fits(operation, stride):
    """Whether a standard layer exists for the operation at this stride.

    TensorFlow has no convolution that is both dilated and strided.
    """
    return stride == 1 or operation.dilation == 1
