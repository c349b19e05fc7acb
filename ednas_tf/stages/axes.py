"""What the points of a sweep differ in: budgets and weights."""

import dataclasses

PERCENT = "%"
_KIB = "kib"


@dataclasses.dataclass(frozen=True)
class Axis:
    """One number that a point has of its own.

    Attributes:
        flag: The flag of a search that it becomes.
        listed: The flag of a sweep that lists its values.
        cost: Name of the cost that it is about.
        label: What a point's name says, with a place for the number.
        default: The number that asks for nothing, as a weight of 0 does.
    """

    flag: str
    listed: str
    cost: str
    label: str
    default: float | None = None

    def values(self, config):
        """Returns the values of its list, else that of the search's flag.

        Args:
            config: The `Config`.
        """
        listed = getattr(config.sweep, self.listed)
        if listed is not None:
            return listed
        weight, budget = config.cost.wanted.get(self.cost, (0.0, None))
        if self.default is not None:
            return (weight,)
        if self is MEMORY and budget is not None:
            return ((budget / 1024, _KIB),)
        return (budget,)

    def told(self, value):
        """Returns a value as a part of a point's name; no two are the same."""
        if self is not MEMORY:
            return self.label.format(_short(value))
        number, unit = value
        return self.label.format(
            _short(number) + ("pct" if unit == PERCENT else unit)
        )


def _budget(listed, flag, cost, unit):
    return Axis(flag, listed, cost, f"{cost.partition('_')[0]}_{{}}{unit}")


def _weight(listed, flag, cost):
    return Axis(flag, listed, cost, f"{flag}_{{}}", default=0.0)


MEMORY = _budget("memory_budgets_kib", "memory_budget_kib", "memory_bytes", "")
AXES = (
    MEMORY,
    _budget("latency_budgets_us", "latency_budget_us", "latency_us", "us"),
    _budget("energy_budgets_uj", "energy_budget_uj", "energy_uj", "uj"),
    _weight("latency_weights", "latency_weight", "latency_us"),
    _weight("energy_weights", "energy_weight", "energy_uj"),
    _weight("macs_weights", "macs_weight", "macs"),
)
"""Budgets before weights: the first one changes slowest in a grid."""


def costs(config):
    """Returns the names of the costs that some point has a number for."""
    return {
        axis.cost
        for axis in AXES
        if any(value != axis.default for value in axis.values(config))
    }


def _short(number):
    return repr(float(number)).removesuffix(".0")
