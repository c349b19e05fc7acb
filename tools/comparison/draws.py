"""Random networks within bounds."""

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
