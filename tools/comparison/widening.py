"""As many channels as a budget allows, in the proportions of the space."""

import itertools

MULTIPLE = 8
"""Channels come in blocks of so many, as `widths` has them."""


def widest(cost, sizes, highest, multiple=MULTIPLE):
    """Returns the most channels of one network whose cost is not too high.

    All groups are first scaled by one factor, each to whole blocks, as a
    width multiplier does. What the budget leaves then goes block by block to
    the group that has the smallest share of its size.

    Args:
        cost: Function from channels by group to a cost.
        sizes: Channels of each group at most, by its name.
        highest: The highest cost.
        multiple: Channels of a block.

    Returns:
        Channels by group; None if one block of each costs too much.
    """
    # No further than needed: to tell a cost, this machine measures operators.
    fits = list(
        itertools.takewhile(
            lambda counts: cost(counts) <= highest, _scaled(sizes, multiple)
        )
    )
    if not fits:
        return None
    counts = fits[-1]
    while True:
        wider = _widened(counts, sizes, multiple)
        found = next((c for c in wider if cost(c) <= highest), None)
        if found is None:
            return counts
        counts = found


def _scaled(sizes, multiple):
    """Yields the counts of all width multipliers, the narrowest first."""
    counts = {name: min(multiple, size) for name, size in sizes.items()}
    yield counts
    # A group has k blocks from the factor on that makes it k - 1/2 wide.
    steps = sorted(
        ((blocks - 0.5) * multiple / size, blocks * multiple, name)
        for name, size in sizes.items()
        for blocks in range(2, size // multiple + 1)
    )
    for place, (factor, count, name) in enumerate(steps):
        counts = {**counts, name: count}
        if place + 1 == len(steps) or steps[place + 1][0] > factor:
            yield counts


def _widened(counts, sizes, multiple):
    """Yields counts with one block more, the narrowest group's first."""
    for name in sorted(counts, key=lambda name: counts[name] / sizes[name]):
        if counts[name] + multiple <= sizes[name]:
            yield {**counts, name: counts[name] + multiple}
