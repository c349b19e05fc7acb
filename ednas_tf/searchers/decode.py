"""The best architecture within the budgets, found exactly."""

import numpy as np
from scipy import optimize

from ednas_tf import errors

_SMALLEST = 1e-30


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
    scores = np.log(np.maximum(np.concatenate(probabilities), _SMALLEST))
    possible = _possible(table)
    cuts = []
    while True:
        chosen = _solve(-scores, _rows(table, budgets, possible), cuts, table)
        if chosen is None:
            raise errors.BudgetError(_together(budgets, table))
        if _meets(chosen, table, budgets):
            return chosen
        # The solver accepts a violation within its tolerance; we do not.
        cuts.append(chosen)


def _possible(table):
    """Marks the operations that every cost allows."""
    flat = [np.concatenate(table.slots[name]) for name in table.names]
    return np.all(np.isfinite(flat), axis=0)


def _rows(table, budgets, possible):
    """Returns constraint rows over all candidates, and their upper bounds."""
    rows, upper = [], []
    for name, budget in budgets.items():
        costs = np.concatenate(table.slots[name])
        rows.append(np.where(possible, costs, 0.0) / budget)
        upper.append((budget - table.fixed[name]) / budget)
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
    lowest = table.smallest()[name]
    if not np.isfinite(lowest):
        raise errors.BudgetError(
            f"A slot has no operation that the target supports ({name})."
        )
    if budget < lowest:
        raise errors.BudgetError(
            f"No architecture of the space has {name} <= {budget:g}: the "
            f"lowest reachable is {lowest:.6g}. Raise the budget or offer "
            "smaller operations."
        )


def _together(budgets, table):
    wanted = ", ".join(f"{name} <= {b:g}" for name, b in budgets.items())
    smallest = table.smallest()
    lowest = ", ".join(f"{name} {smallest[name]:.6g}" for name in budgets)
    return (
        f"No architecture meets all of {wanted}. Lowest of each alone: "
        f"{lowest}. Raise a budget."
    )
