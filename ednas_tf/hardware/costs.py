"""Costs of a search space by slot and operation, from a table."""

import dataclasses
import math

from ednas_tf import errors
from ednas_tf.hardware import filling
from ednas_tf.hardware.table import fixed_operators, slot_candidates
from ednas_tf.spaces import memory, operators

SUMS = ("latency_us", "energy_uj", "memory_bytes", "macs", "params")
"""Costs of which a network has the sum of its parts'."""

PEAK_RAM = "peak_ram_bytes"
"""The cost of which a network has the largest of its parts'."""

COSTS = (*SUMS, PEAK_RAM)
_DECIMALS = 6  # So that equal parts, summed in another order, stay equal.


@dataclasses.dataclass(frozen=True)
class CostTable:
    """What each choice costs; a network costs the sum, or the largest peak.

    Attributes:
        slot_names: Names of the slots.
        operations: Names of the candidates of each slot.
        fixed: Cost of all that no choice changes, by cost name (the unit is in
            the name). Costs that the device has no figures for are left out.
        slots: By cost name, one tuple for each slot with the cost of each
            candidate; infinite where the device cannot run it.
        filled: Entries that the table lacked and that were estimated.
        extrapolated: Entries without a measurement near them, those among them.
    """

    slot_names: tuple
    operations: tuple
    fixed: dict
    slots: dict
    filled: int = 0
    extrapolated: int = 0

    def __post_init__(self):
        for name, usable in zip(self.slot_names, self.feasible, strict=True):
            if not any(usable):
                raise errors.UserError(
                    f"The device supports no operation of slot {name}. Give "
                    "the slot other --operations."
                )

    @property
    def names(self):
        """Names of the costs, a subset of `COSTS` in that order."""
        return tuple(self.fixed)

    @property
    def feasible(self):
        """For each slot and candidate, whether the device can run it."""
        return tuple(
            tuple(math.isfinite(cost) for cost in slot)
            for slot in self.slots["latency_us"]
        )

    def discrete(self, choices):
        """Returns the costs of one architecture by name.

        Args:
            choices: For each slot the name of an operation or its place.

        Returns:
            All of `COSTS`; those without figures are None.
        """
        if len(choices) != len(self.slot_names):
            raise errors.UserError(
                f"Expected {len(self.slot_names)} choices, one for each slot. "
                f"Received: {len(choices)}"
            )
        places = [self._place(i, choice) for i, choice in enumerate(choices)]
        return self._sums(lambda slot, costs: costs[places[slot]])

    def smallest(self):
        """Returns, for each cost alone, the least that a network can cost."""
        return self._sums(self._over_feasible(min))

    def largest(self):
        """Returns, for each cost alone, the most that a network can cost."""
        return self._sums(self._over_feasible(max))

    def _place(self, slot, choice):
        known = self.operations[slot]
        if choice in known:
            return known.index(choice)
        if isinstance(choice, str) or not 0 <= choice < len(known):
            kind = f"operation of slot {self.slot_names[slot]}"
            raise errors.unknown_name(kind, choice, known)
        return choice

    def _over_feasible(self, pick):
        feasible = self.feasible

        def best(slot, costs):
            rows = zip(costs, feasible[slot], strict=True)
            return pick(cost for cost, usable in rows if usable)

        return best

    def _sums(self, pick):
        """Adds to the fixed costs what `pick(slot, costs)` returns."""
        sums = dict.fromkeys(COSTS)
        for name in self.names:
            parts = [pick(i, c) for i, c in enumerate(self.slots[name])]
            combine = max if name == PEAK_RAM else math.fsum
            total = combine([self.fixed[name], *parts])
            sums[name] = round(total, _DECIMALS)
        return sums


def build(space, table, missing="error", target=None):
    """Returns the `CostTable` of a space.

    Args:
        space: A `SearchSpace`.
        table: A `Table`.
        missing: What to do without an entry: `error`, `interpolate`, `model`.
        target: The `Target` for `model`; by default the one of the table.
    """
    largest = target.max_depthwise_kernel if target else None
    candidates = slot_candidates(space, largest)
    wanted = list(_places(space, candidates, largest))
    full = filling.complete(table, wanted, missing, target)
    fixed_rows = fixed_operators(space, largest)
    fixed = of_operators(fixed_rows, full)
    if math.isinf(fixed["latency_us"]):
        raise errors.UserError(_unsupported(fixed_rows, full))
    costs = [[of_part(rows, full) for rows in slot] for slot in candidates]
    every = [fixed, *(cost for slot in costs for cost in slot)]
    known = [n for n in SUMS if all(cost[n] is not None for cost in every)]
    fixed_peak, peaks = _peaks(space, largest)
    return CostTable(
        slot_names=tuple(slot.name for slot in space.slots),
        operations=tuple(slot.operations for slot in space.slots),
        fixed={name: fixed[name] for name in known} | {PEAK_RAM: fixed_peak},
        slots={
            name: tuple(tuple(c[name] for c in slot) for slot in costs)
            for name in known
        }
        | {PEAK_RAM: peaks},
        filled=len(full.entries) - len(table.entries),
        extrapolated=_count_extrapolated(wanted, full),
    )


def _peaks(space, largest):
    """Returns the peaks of the fixed part and of each slot's candidates."""
    candidates = {slot.name: slot.operations for slot in space.slots}
    fixed, found = memory.candidate_peaks(space.skeleton, candidates, largest)
    slots = tuple(tuple(map(float, found[s.name])) for s in space.slots)
    return float(fixed), slots


def _count_extrapolated(wanted, table):
    rows = {row for _, row in wanted}
    return sum(table.find(row).status == "extrapolated" for row in rows)


def of_operators(rows, table, missing="error", target=None):
    """Returns the costs of a network by its operators, as after `read`.

    Args:
        rows: `Operator` values, all that the network has.
        table: A `Table`.
        missing: What to do without an entry: `error`, `interpolate`, `model`.
        target: The `Target` for `model`; by default the one of the table.

    Returns:
        All of `SUMS`; those without figures are None. Latency is infinite if
        the device cannot run one of the operators.
    """
    wanted = [(f"operator {i}", row) for i, row in enumerate(rows, start=1)]
    costs = of_part(rows, filling.complete(table, wanted, missing, target))
    costs["latency_us"] += table.overhead_us
    if costs["energy_uj"] is not None:
        costs["energy_uj"] += _energy_uj(table, table.overhead_us) or 0.0
    return {
        name: cost if cost is None else round(cost, _DECIMALS)
        for name, cost in costs.items()
    }


def of_part(rows, table):
    """Returns the costs of operators that the table holds, not rounded.

    Args:
        rows: `Operator` values, some of a network's.
        table: A `Table`.

    Returns:
        All of `SUMS`, as in `of_operators` but without the overhead.
    """
    found = [table.find(row) for row in rows]
    latencies = [_latency_us(entry) for entry in found]
    energies = [_entry_energy_uj(entry, table) for entry in found]
    totals = operators.totals(rows)
    return {
        "latency_us": math.fsum(latencies),
        "energy_uj": None if None in energies else math.fsum(energies),
        **{name: float(totals[name]) for name in SUMS if name in totals},
    }


def _latency_us(entry):
    return math.inf if entry.status == "unsupported" else entry.latency_us


def _entry_energy_uj(entry, table):
    if entry.status == "unsupported":
        return math.inf
    if entry.energy_uj is not None:
        return entry.energy_uj
    return _energy_uj(table, entry.latency_us)


def _energy_uj(table, latency_us):
    """Energy by the device's power (mW times us are nJ), None without it."""
    power_mw = table.target.power_mw
    return None if power_mw is None else latency_us * power_mw / 1000


def _places(space, candidates, largest):
    """Yields `(place, Operator)` of all that the space can produce."""
    for row in fixed_operators(space, largest):
        yield "the fixed part of the network", row
    for slot, rows in zip(space.slots, candidates, strict=True):
        for name, operation in zip(slot.operations, rows, strict=True):
            for row in operation:
                yield f"slot {slot.name}, operation {name}", row


def _unsupported(rows, table):
    """Returns the sentence that names an operator without a way around."""
    keys = [
        table.key(row)
        for row in rows
        if table.find(row).status == "unsupported"
    ]
    return (
        f"The device {table.target.id} cannot run a fixed part of the "
        f"network: {keys[0]}. Choose another --space or --stem_kernel."
    )
