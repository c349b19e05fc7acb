"""What the search chose at each node, in few words."""

from ednas_tf.reporting import forms
from ednas_tf.reporting.page import formats

_MOST = 3


def of(architecture, probabilities, sizes):
    """Returns short notes by node, the chosen one first.

    Args:
        architecture: The `Architecture`.
        probabilities: Last probabilities by operation, by slot; may be empty.
        sizes: Channels that there were to choose from, by group.
    """
    found = {}
    for choice in architecture.choices:
        known = probabilities.get(choice.slot)
        if known:
            found[choice.slot] = _operations(choice.operation, known)
    kept = architecture.skeleton.channels
    for group, size in sizes.items():
        left = dict(kept).get(group, size)
        told = f"{formats.number(left)} of {formats.number(size)} channels"
        found.setdefault(group, []).append(told)
    return found


def sizes(rows):
    """Returns the channels that there were to choose from, by group.

    Args:
        rows: Rows of `channels.csv`.
    """
    return {
        row["group"]: row["size"] for row in rows if forms.finite(row["size"])
    }


def _operations(chosen, known):
    """Returns operations with probabilities: the chosen, then the likeliest."""
    others = sorted(
        set(known) - {chosen}, key=lambda name: (-(known[name] or 0), name)
    )
    kept = [chosen, *others[: _MOST - 1]]
    told = [f"{name} {formats.percent(known.get(name), 0)}" for name in kept]
    left = len(others) - (_MOST - 1)
    return told + ([f"{left} more"] if left > 0 else [])
