"""As many channels as a budget allows, group by group."""

MULTIPLE = 8
"""Channels come in blocks of so many, as `widths` has them."""


def widest(cost, sizes, highest, multiple=MULTIPLE):
    """Returns the most channels of one network whose cost is not too high.

    All groups start at one block of channels. The one with the smallest share
    of its size that can have a further block gets it, until none can: so the
    network is widened as a whole as far as blocks allow, and what is left is
    used.

    Args:
        cost: Function from channels by group to a cost.
        sizes: Channels of each group at most, by its name.
        highest: The highest cost.
        multiple: Channels of a block.

    Returns:
        Channels by group; None if one block of each costs too much.
    """
    counts = {name: min(multiple, size) for name, size in sizes.items()}
    if cost(counts) > highest:
        return None
    while True:
        wider = _widened(counts, sizes, multiple)
        found = next((c for c in wider if cost(c) <= highest), None)
        if found is None:
            return counts
        counts = found


def _widened(counts, sizes, multiple):
    """Yields counts with one block more, the narrowest group's first."""
    for name in sorted(counts, key=lambda name: counts[name] / sizes[name]):
        if counts[name] + multiple <= sizes[name]:
            yield {**counts, name: counts[name] + multiple}
