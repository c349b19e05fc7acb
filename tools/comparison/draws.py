"""Networks that no search found: random ones, and one kernel everywhere."""

import numpy as np

from ednas_tf import errors

_AT_ONCE = 10_000
_MOST_ROUNDS = 200
_NARROWEST = 0.05
_STEP = 0.01
_PATIENCE = 15


def within(costs, bounds, count, seed):
    """Draws different choices, each equally likely, with a cost in bounds.

    Args:
        costs: Per slot the costs of its operations.
        bounds: Lowest and highest sum of costs.
        count: Number of draws.
        seed: Seed, a number or several.

    Returns:
        A list of lists, the place of the operation in each slot.

    Raises:
        UserError: If so many cannot be found.
    """
    chance = np.random.default_rng(seed)
    found = {}
    for _ in range(_MOST_ROUNDS):
        places = np.stack(
            [chance.integers(len(slot), size=_AT_ONCE) for slot in costs], 1
        )
        sums = sum(
            np.asarray(slot)[places[:, place]]
            for place, slot in enumerate(costs)
        )
        for row in places[(sums >= bounds[0]) & (sums <= bounds[1])]:
            found.setdefault(tuple(int(place) for place in row))
            if len(found) == count:
                return [list(row) for row in found]
    raise errors.UserError(
        f"Expected {count} networks between {bounds[0]:,.1f} and "
        f"{bounds[1]:,.1f} us beside what is fixed. Found: {len(found)}. "
        "Lower the share or the number of members."
    )


def widest(cost, budget):
    """Returns the largest width whose network is within a budget.

    Widths grow by a hundredth. Costs do not always grow with them where they
    are measured, so a few more are tried behind the first that is too dear.

    Args:
        cost: Function from a width to a cost.
        budget: The highest cost.

    Raises:
        BudgetError: If no width is within it.
    """
    best, above, step = None, 0, 0
    while above < _PATIENCE:
        width = round(_NARROWEST + step * _STEP, 2)
        if cost(width) <= budget:
            best, above = width, 0
        else:
            above += 1
        step += 1
    if best is None:
        raise errors.BudgetError(
            f"No width from {_NARROWEST} on is within {budget:,.1f} us."
        )
    return best
