"""Flags of the evaluation."""

import dataclasses

from absl import flags

_SIMULATE = flags.DEFINE_enum(
    "simulate",
    "none",
    ["none", "tidl"],
    "Also evaluate the network in the arithmetic of a vendor's tool: tidl has "
    "powers of two as scales and activations of 8 bits.",
)
_WEIGHT_BITS = flags.DEFINE_integer(
    "simulated_weight_bits",
    8,
    "Bits of the weights in the simulation.",
    lower_bound=4,
    upper_bound=12,
)


@dataclasses.dataclass(frozen=True)
class EvaluateConfig:
    """Values of the flags of this file, by the same names."""

    simulate: str
    simulated_weight_bits: int


def from_flags():
    """Returns the values of this file's flags."""
    return EvaluateConfig(
        simulate=_SIMULATE.value, simulated_weight_bits=_WEIGHT_BITS.value
    )
