"""The best architecture within the budgets, found exactly."""

import numpy as np
from scipy import optimize

from ednas_tf import errors
from ednas_tf.hardware.costs import PEAK_RAM

_SMALLEST = 1e-30
_ROUNDED = 1e-6  # A `CostTable` rounds its sums to as much.
_SCALE = 1e4
"""Of the rows: the solver's tolerance of 1e-6 is then 1e-10 of a budget."""


def decode(probabilities, table, budgets):
    """Chooses one operation per slot (`method`, section 6).

    Maximises the sum of log-probabilities subject to every budget, as an
    integer program that is solved exactly.

    Args:
        probabilities: Per slot an array `(num_operations,)`.
        table: A `CostTable` of the space.
        budgets: Budget by cost name, in the unit of the cost.

    Returns:
        List with the index of the chosen operation of each slot.

    Raises:
        BudgetError: If nothing fits. It names the budget and the lowest
            reachable cost.
    """
    for name, budget in budgets.items():
        _check_reach(name, budget, table)
    if not table.slot_names:
        return []  # Nothing to choose, and each budget is met.
    scores = np.log(np.maximum(np.concatenate(probabilities), _SMALLEST))
    possible = _possible(table)
    cuts = []
    while True:
        chosen = _solve(-scores, _rows(table, budgets, possible), cuts, table)
        if chosen is None:
            raise errors.BudgetError(_together(budgets, table))
        if _meets(chosen, table, budgets):
            return chosen
        # Within rounding and its tolerance the solver accepts a violation.
        cuts.append(chosen)


def within_reach(table, budgets):
    """Marks the candidates that some network within each budget has.

    Every budget is looked at alone, with the cheapest of all other slots, and
    where channels are searched with as few of them as can be.

    Args:
        table: A `CostTable` of the space, or its `ChannelCosts`.
        budgets: Budget by cost name, in the unit of the cost.

    Returns:
        For each slot a tuple of truth values, or None if a budget leaves a
        slot nothing; then nothing is left out.
    """
    layout = getattr(table, "layout", None)
    table = table if layout is None else table.at(layout.smallest)
    reach = [list(usable) for usable in table.feasible]
    for name, budget in budgets.items():
        lowest = [_lowest(table, name, slot) for slot in range(len(reach))]
        spare = budget - table.smallest()[name] + _ROUNDED
        for slot, costs in enumerate(table.slots[name]):
            for place, cost in enumerate(costs):
                if name == PEAK_RAM:
                    reach[slot][place] &= cost <= budget
                else:
                    reach[slot][place] &= cost - lowest[slot] <= spare
    if not all(any(usable) for usable in reach):
        return None
    return tuple(tuple(usable) for usable in reach)


def _lowest(table, name, slot):
    """Returns the least that a candidate of a slot costs on the device."""
    costs = zip(table.slots[name][slot], table.feasible[slot], strict=True)
    return min(cost for cost, usable in costs if usable)


def _possible(table):
    """Marks the operations that every cost allows."""
    flat = [np.concatenate(table.slots[name]) for name in table.names]
    return np.all(np.isfinite(flat), axis=0)


def _rows(table, budgets, possible):
    """Returns constraint rows over all candidates, and their upper bounds.

    The bounds are loose by the rounding of a sum: a network that costs just
    its budget must not be lost. What is too dear is cut off afterwards.
    """
    rows, upper = [], []
    for name, budget in budgets.items():
        costs = np.concatenate(table.slots[name])
        if name == PEAK_RAM:
            # No sum: what alone holds too much cannot be part of a network.
            possible = possible & (costs <= budget)
            continue
        loose = budget + _ROUNDED + 1e-12 * abs(budget)
        scale = _SCALE / max(abs(budget), _ROUNDED)
        rows.append(np.where(possible, costs, 0.0) * scale)
        upper.append((loose - table.fixed[name]) * scale)
    rows.append(np.where(possible, 0.0, 1.0))
    upper.append(0.0)
    return np.array(rows), np.array(upper)


def _solve(objective, limits, cuts, table):
    """Returns the best choice per slot outside `cuts`, or None."""
    sizes = [len(costs) for costs in table.slots[table.names[0]]]
    first = np.cumsum([0, *sizes])[:-1]
    owners = np.repeat(np.arange(len(sizes)), sizes)
    one_each = (owners == np.arange(len(sizes))[:, None]).astype(float)
    constraints = [
        optimize.LinearConstraint(one_each, 1, 1),
        optimize.LinearConstraint(limits[0], -np.inf, limits[1]),
    ]
    for cut in cuts:
        row = np.zeros(len(objective))
        row[first + cut] = 1.0
        most = len(sizes) - 1
        constraints.append(optimize.LinearConstraint(row, -np.inf, most))
    result = optimize.milp(
        objective,
        constraints=constraints,
        integrality=np.ones(len(objective)),
        bounds=optimize.Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if not result.success:
        return None
    return [int(np.argmax(part)) for part in np.split(result.x, first[1:])]


def _meets(chosen, table, budgets):
    costs = table.discrete(chosen)
    return all(costs[name] <= budget for name, budget in budgets.items())


def _check_reach(name, budget, table):
    if name not in table.names:
        raise errors.unknown_name("cost of the target", name, table.names)
    lowest = table.smallest()[name]
    if not np.isfinite(lowest):
        raise errors.BudgetError(
            f"A slot has no operation that the target supports ({name})."
        )
    if budget < lowest:
        raise errors.BudgetError(
            f"No architecture of the space has {name} <= {_told(budget)}: "
            f"the lowest reachable is {_told(lowest)}. Raise the budget or "
            "offer smaller operations."
        )


def _together(budgets, table):
    smallest = table.smallest()
    wanted = ", ".join(f"{n} <= {_told(b)}" for n, b in budgets.items())
    lowest = ", ".join(f"{n} {_told(smallest[n])}" for n in budgets)
    return (
        f"No architecture meets all of {wanted}. Lowest of each alone: "
        f"{lowest}. Raise a budget."
    )


def _told(cost):
    """All digits of a cost: what is told as the lowest can be asked for."""
    return f"{cost:.6f}".rstrip("0").rstrip(".")
