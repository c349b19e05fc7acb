"""Peak memory of activations as a function of the numbers of channels.

Which tensors are held while an operator runs follows from the graph alone, and
each has a number of bytes that is linear in its channels. So a peak is the
largest of linear functions, told by one more network than there are groups.
"""

import dataclasses

import numpy as np

from ednas_tf.spaces import memory


@dataclasses.dataclass(frozen=True, eq=False)
class PeakMemory:
    """Bytes that the operators of a space hold, with any channels.

    Attributes:
        fixed: Coefficients `(operators, groups + 1)` of what no choice
            changes, the constant last.
        slots: Per slot and candidate coefficients of the same kind.
    """

    fixed: np.ndarray
    slots: tuple

    def lowest(self, counts):
        """Returns the least peaks of networks, over all operations.

        Args:
            counts: Array `(networks, groups)`.

        Returns:
            Bytes, `(networks,)`.
        """
        parts = [_held(self.fixed, counts).max(axis=1)]
        for slot in self.slots:
            peaks = [_held(rows, counts).max(axis=1) for rows in slot]
            parts.append(np.min(peaks, axis=0))
        return np.max(parts, axis=0)

    def excess(self, counts, budget):
        """Returns by how much the operators of networks hold too much.

        It is the sum over operators, so that it falls with the channels even
        where several share the peak, and 0 where `lowest` meets the budget.

        Args:
            counts: Array `(networks, groups)`.
            budget: Bytes.

        Returns:
            Bytes, `(networks,)`.
        """
        total = _above(self.fixed, counts, budget)
        for slot in self.slots:
            total += np.min([_above(r, counts, budget) for r in slot], axis=0)
        return total


def build(space, groups, largest=None):
    """Returns the `PeakMemory` of a space.

    Args:
        space: A `SearchSpace` with all its channels.
        groups: Its `Group` values.
        largest: Side above which depthwise kernels become tiles, or None.
    """
    sizes = {group.name: group.size for group in groups}
    whole = _probe(space, largest)
    slopes = []
    for name, size in sizes.items():
        if size == 1:  # It has one channel in any case.
            slopes.append({owner: 0 * held for owner, held in whole.items()})
            continue
        less = _probe(space.narrowed({name: size - 1}), largest)
        slopes.append({owner: whole[owner] - less[owner] for owner in whole})
    found = {
        owner: _distinct(held, [s[owner] for s in slopes], sizes.values())
        for owner, held in whole.items()
    }
    slots = tuple(
        tuple(found[slot.name, name] for name in slot.operations)
        for slot in space.slots
    )
    return PeakMemory(found[memory.FIXED], slots)


def _probe(space, largest):
    """Returns the bytes held by each operator of each owner, as arrays.

    An owner is a slot with the name of a candidate, or `memory.FIXED`.
    """
    candidates = {slot.name: slot.operations for slot in space.slots}
    found = {}
    for chosen, slots in memory.combinations(space.skeleton, candidates):
        for owner, held in memory.held(space.skeleton, chosen, largest):
            if owner is memory.FIXED:
                found.setdefault(owner, []).append(held)
            elif owner in slots:
                found.setdefault((owner, chosen[owner]), []).append(held)
    return {owner: np.array(held) for owner, held in found.items()}


def _distinct(held, slopes, sizes):
    """Returns the different rows of coefficients, the constant last."""
    columns = [
        held - sum(s * size for s, size in zip(slopes, sizes, strict=True))
    ]
    return np.unique(np.stack([*slopes, *columns], axis=1), axis=0)


def _held(rows, counts):
    return np.asarray(counts) @ rows[:, :-1].T + rows[:, -1]


def _above(rows, counts, budget):
    return np.maximum(_held(rows, counts) - budget, 0.0).sum(axis=1)
