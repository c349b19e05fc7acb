"""What searches chose, in a few words and counted over several seeds."""

import itertools


def short(architecture):
    """Returns the operations and the channels of a network in a few words.

    Args:
        architecture: An `Architecture`, or None.
    """
    kept = _channels(architecture).items()
    parts = [f"{group} {count}" for group, count in kept]
    return ", ".join(filter(None, [told(architecture), *parts]))


def told(architecture):
    """Returns the operations of a network, equal neighbours told once.

    Args:
        architecture: An `Architecture`, or None.
    """
    if architecture is None:
        return ""
    names = (choice.operation for choice in architecture.choices)
    runs = [(name, len([*same])) for name, same in itertools.groupby(names)]
    return ", ".join(n if count == 1 else f"{n} ×{count}" for n, count in runs)


def table(architectures):
    """Sets networks side by side, slot by slot and group by group.

    Args:
        architectures: An `Architecture` each, or None.

    Returns:
        Names of the slots and groups of channels, and a list for each network
        of its operations and channels; None where it has none.
    """
    rows = [_parts(architecture) for architecture in architectures]
    # The longest first: where little was cut, groups are missing in between.
    longest = sorted(rows, key=len, reverse=True)
    names = list(dict.fromkeys(name for row in longest for name in row))
    return names, [[row.get(name) for name in names] for row in rows]


def operations(architectures, offered=()):
    """Counts how often each operation was chosen, slot by slot.

    Args:
        architectures: An `Architecture` each, or None.
        offered: Names of operations that could have been chosen.

    Returns:
        Counts by operation, by slot; every slot has all operations that were
        chosen in any or offered, in the order of their names.
    """
    known = [each for each in architectures if each is not None]
    chosen = [
        (choice.slot, choice.operation)
        for each in known
        for choice in each.choices
    ]
    names = sorted({*offered, *(name for _, name in chosen)}, key=by_size)
    return {
        slot: {name: chosen.count((slot, name)) for name in names}
        for slot in dict.fromkeys(slot for slot, _ in chosen)
    }


def channels(architectures):
    """Returns how many channels stayed, by group.

    Args:
        architectures: An `Architecture` each, or None.

    Returns:
        A list of counts for each group, empty where none were searched.
    """
    found = {}
    for architecture in architectures:
        for group, count in _channels(architecture).items():
            found.setdefault(group, []).append(count)
    return found


def _parts(architecture):
    """Returns operations by slot and channels by group."""
    if architecture is None:
        return {}
    chosen = {c.slot: c.operation for c in architecture.choices}
    return {**chosen, **_channels(architecture)}


def _channels(architecture):
    """Returns the channels that a search left, by group."""
    if architecture is None:
        return {}
    return dict(architecture.skeleton.channels)


def by_size(name):
    """Returns a key that sorts dw11 after dw7."""
    digits = "".join(c for c in name if c.isdigit())
    return name.rstrip("0123456789"), int(digits or 0), name
