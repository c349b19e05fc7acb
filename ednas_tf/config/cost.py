"""Flags of the costs: their tables, weights and budgets."""

import dataclasses

from absl import flags

_LUT = flags.DEFINE_string(
    "lut",
    None,
    "Table of costs (ednas-lut/1). Default: the target's model, or what "
    "--target=host measures.",
)
_LUT_MISSING = flags.DEFINE_enum(
    "lut_missing",
    "error",
    ["error", "interpolate", "model"],
    "What to do about an operator that the table lacks.",
)
_CONSTRAINT = flags.DEFINE_enum(
    "constraint",
    "dual",
    ["dual", "hinge", "abs"],
    "How a budget enters the loss; the result meets it in any case.",
)


def _weight(name, what):
    return flags.DEFINE_float(
        f"{name}_weight",
        0.0,
        f"Strength of less {what} in the loss, relative to the largest "
        "network's.",
        lower_bound=0.0,
    )


def _budget(name, what):
    return flags.DEFINE_float(
        name, None, f"Upper bound on {what}.", lower_bound=1e-9
    )


_LATENCY_WEIGHT = _weight("latency", "latency")
_ENERGY_WEIGHT = _weight("energy", "energy")
_MEMORY_WEIGHT = _weight("memory", "memory")
_MACS_WEIGHT = _weight("macs", "multiply-accumulates")
_LATENCY_BUDGET = _budget("latency_budget_us", "latency, in microseconds")
_ENERGY_BUDGET = _budget("energy_budget_uj", "energy, in microjoules")
_MEMORY_BUDGET = _budget(
    "memory_budget_kib", "weights (int8) and biases (int32), in KiB"
)
_MACS_BUDGET = _budget("macs_budget", "multiply-accumulates")
_RAM_BUDGET = _budget(
    "ram_budget_kib",
    "activations at their peak (int8), in KiB; kept by the choice, no loss",
)


@dataclasses.dataclass(frozen=True)
class CostConfig:
    """Values of the flags of this file, by the same names.

    Attributes:
        wanted: Weight and budget by cost name, in the unit of the name, of
            the costs that have one or the other.
    """

    lut: str | None
    lut_missing: str
    constraint: str
    wanted: dict


def from_flags():
    """Returns the values of this file's flags."""
    pairs = {
        "latency_us": (_LATENCY_WEIGHT.value, _LATENCY_BUDGET.value),
        "energy_uj": (_ENERGY_WEIGHT.value, _ENERGY_BUDGET.value),
        "memory_bytes": (_MEMORY_WEIGHT.value, _bytes(_MEMORY_BUDGET.value)),
        "macs": (_MACS_WEIGHT.value, _MACS_BUDGET.value),
        "peak_ram_bytes": (0.0, _bytes(_RAM_BUDGET.value)),
    }
    wanted = {
        cost: (weight, budget)
        for cost, (weight, budget) in pairs.items()
        if weight > 0 or budget is not None
    }
    return CostConfig(
        lut=_LUT.value,
        lut_missing=_LUT_MISSING.value,
        constraint=_CONSTRAINT.value,
        wanted=wanted,
    )


def _bytes(kib):
    return None if kib is None else kib * 1024
