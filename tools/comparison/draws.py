"""Random networks within bounds."""

import numpy as np

from ednas_tf import errors

_AT_ONCE = 10_000
_MOST_ROUNDS = 200


def within(tables, bounds, count, seed):
    """Draws different choices, each equally likely, with a cost in bounds.

    Args:
        tables: Per width of the network, what is fixed and per slot the costs
            of its operations: pairs of a number and a list of lists.
        bounds: Lowest and highest cost.
        count: Number of draws.
        seed: Seed, a number or several.

    Returns:
        A list of tuples: the place of the width, then that of the operation
        in each slot.

    Raises:
        BudgetError: If so many cannot be found.
    """
    chance = np.random.default_rng(seed)
    fixed = np.array([each for each, _ in tables])
    slots = [
        np.array(costs)
        for costs in zip(*(each for _, each in tables), strict=True)
    ]
    found = {}
    for _ in range(_MOST_ROUNDS):
        width = chance.integers(len(tables), size=_AT_ONCE)
        places = [
            chance.integers(costs.shape[1], size=_AT_ONCE) for costs in slots
        ]
        sums = fixed[width] + sum(
            costs[width, place]
            for costs, place in zip(slots, places, strict=True)
        )
        inside = (sums >= bounds[0]) & (sums <= bounds[1])
        for row in np.stack([width, *places], 1)[inside]:
            found.setdefault(tuple(int(place) for place in row))
            if len(found) == count:
                return list(found)
    raise errors.BudgetError(
        f"Expected {count} networks between {bounds[0]:,.1f} and "
        f"{bounds[1]:,.1f} us. Found: {len(found)}. "
        "Lower the share or the number of members."
    )
