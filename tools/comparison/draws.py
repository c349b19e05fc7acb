"""Networks that no search found: random ones, and one kernel everywhere."""

import numpy as np

from ednas_tf import errors

_AT_ONCE = 10_000
_MOST_ROUNDS = 200


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


def widest(cost, sizes, budget, multiple=8):
    """Returns the most channels of one network that are within a budget.

    All groups start at one block of channels. The one with the smallest share
    of its size that can have a further block within the budget gets it, until
    none can: so the network is widened as a whole as far as blocks allow, and
    what is left of the budget is used.

    Args:
        cost: Function from channels by group to a cost.
        sizes: Channels of each group at most, by its name.
        budget: The highest cost.
        multiple: Channels of a block.

    Returns:
        Channels by group.

    Raises:
        BudgetError: If one block of each is above the budget.
    """
    counts = {name: min(multiple, size) for name, size in sizes.items()}
    lowest = cost(counts)
    if lowest > budget:
        raise errors.BudgetError(
            f"The narrowest network takes {lowest:,.1f} us of {budget:,.1f}."
        )
    while True:
        wider = _widened(counts, sizes, multiple)
        found = next((c for c in wider if cost(c) <= budget), None)
        if found is None:
            return counts
        counts = found


def _widened(counts, sizes, multiple):
    """Yields counts with one block more, the narrowest group's first."""
    for name in sorted(counts, key=lambda name: counts[name] / sizes[name]):
        if counts[name] + multiple <= sizes[name]:
            yield {**counts, name: counts[name] + multiple}
