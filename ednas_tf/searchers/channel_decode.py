"""Channels and operations within the budgets, from what a search learned.

Where the result of a search is too dear, first the operations become cheaper
(`decode`, exact), then channels are dropped one block at a time, and those for
which there is room after all come back. What the search itself left out stays
out, unless nothing but budgets speaks against it.
"""

import numpy as np

from ednas_tf import errors
from ednas_tf.hardware.costs import PEAK_RAM
from ednas_tf.layers import channel_mask
from ednas_tf.searchers import decode as exact

_LEAST = 1e-12
_ROUNDED = 1e-9  # Sums of grids and of a `CostTable` differ by less.
_HUGE = 1e30


def decode(probabilities, alphas, table, budgets, multiple, fill=False):
    """Chooses operations and channels within every budget.

    Args:
        probabilities: Per slot an array `(num_operations,)`.
        alphas: Per group an array `(blocks - 1,)`, as in a `ChannelGate`.
        table: A `ChannelCosts` of the space.
        budgets: Budget by cost name, in the unit of the cost.
        multiple: Channels of a block, as in a `ChannelGate`.
        fill: Whether room within the budgets goes to channels that the search
            left out, those of the highest alpha first.

    Returns:
        Index of the chosen operation of each slot, and per group a boolean
        array `(channels,)` that is true where a channel stays.

    Raises:
        BudgetError: If nothing fits. It names the budget and the lowest
            reachable cost.
    """
    for name in budgets:
        if name not in table.names:
            raise errors.unknown_name("cost of the target", name, table.names)
    ladders = _ladders(alphas, table, multiple)
    start = np.array([ladder.start for ladder in ladders], int)
    kept = start.copy()
    repair = _Repair(probabilities, ladders, table, budgets)
    operations = repair.fit(kept)
    if operations is None:
        # Told before channels are dropped: whether there is any way.
        smallest = table.at(table.layout.smallest)
        exact.decode(probabilities, smallest, budgets)
        operations = repair.drop(kept)
    most = [len(ladder.totals) for ladder in ladders] if fill else start
    repair.bring_back(kept, most, operations)
    return operations, _masks(ladders, kept)


def searched_costs(probabilities, alphas, table, multiple):
    """Returns the costs of what a search arrived at, whatever the budgets.

    It is the network with the likeliest operations and the channels whose
    alphas are above the threshold, but for a smaller last block, which stays
    with all others alone; the arguments are those of `decode`.
    """
    ladders = _ladders(alphas, table, multiple)
    masks = _masks(ladders, [ladder.start for ladder in ladders])
    operations = [int(np.argmax(shares)) for shares in probabilities]
    counts = table.layout.named(mask.sum() for mask in masks)
    return table.at(counts).discrete(operations)


class _Ladder:
    """The blocks of a group in the order in which they stay.

    The first block comes first, then the others by their alpha. A last block
    that is smaller comes last: without the others it would leave a number of
    channels that is no multiple.
    """

    def __init__(self, alpha, size, multiple):
        blocks = np.arange(size) // multiple
        sizes = np.bincount(blocks)
        alpha = np.concatenate([[np.inf], alpha])
        rank = np.where(sizes < sizes[0], -np.inf, alpha)
        self.order = np.argsort(-rank, kind="stable")
        self.blocks = blocks
        self.totals = np.cumsum(sizes[self.order])
        # A block may stay for the sake of one behind it, not without it.
        self.alphas = np.minimum.accumulate(alpha[self.order])
        self.start = int(np.sum(self.alphas > channel_mask.THRESHOLD))

    def mask(self, kept):
        """Returns which channels stay, `(channels,)`."""
        return np.isin(self.blocks, self.order[:kept])


class _Repair:
    """Moves along the ladders; `kept` holds the blocks of each that stay."""

    def __init__(self, probabilities, ladders, table, budgets):
        self.probabilities = probabilities
        self.ladders = ladders
        self.table = table
        self.budgets = budgets

    def fit(self, kept):
        """Returns the best operations within the budgets, or None."""
        table = self.table.at(self._named(kept))
        try:
            return exact.decode(self.probabilities, table, self.budgets)
        except errors.BudgetError:
            return None

    def drop(self, kept):
        """Drops blocks until operations fit, and returns these.

        Grids tell what every cost is at least. Where that is within the
        budgets and yet nothing fits, as all of them cannot be met at once,
        ever more blocks are dropped before operations are tried again.
        """
        while self._excess(kept[None])[0] > _ROUNDED and (kept > 1).any():
            self._drop_one(kept, self._excess)
        num_blocks = 1
        while (operations := self.fit(kept)) is None:
            for _ in range(num_blocks):
                if (kept > 1).any():
                    self._drop_one(kept, self._pressure)
            num_blocks *= 2
        return operations

    def bring_back(self, kept, most, operations):
        """Adds blocks again, of the highest alpha first, where they fit.

        The first one that does not fit is found by bisection, as costs grow
        with channels; no more of its group come back then.
        """
        waiting = self._waiting(kept, most)
        while waiting:
            fits, too_many = 0, len(waiting) + 1
            while too_many - fits > 1:
                count = (fits + too_many) // 2
                if self._meets(self._with(kept, waiting[:count]), operations):
                    fits = count
                else:
                    too_many = count
            kept[:] = self._with(kept, waiting[:fits])
            closed = waiting[fits : fits + 1]
            waiting = [g for g in waiting[fits:] if g not in closed]

    def _waiting(self, kept, most):
        """Returns the groups of the blocks that could stay, in their order.

        Of equal alphas that comes first whose group has the smaller part of
        its blocks, or all would go to the first group.
        """
        found = [
            (-ladder.alphas[k], (k + 1) / len(ladder.totals), group)
            for group, ladder in enumerate(self.ladders)
            for k in range(kept[group], most[group])
        ]
        return [group for _, _, group in sorted(found)]

    def _with(self, kept, groups):
        """Returns `kept` with one block more for each of the groups."""
        more = np.bincount(np.array(groups, int), minlength=len(kept))
        return kept + more

    def _drop_one(self, kept, measure):
        """Drops the block with the least alpha for what it saves.

        An alpha counts for the share of its group that goes with the block:
        else the groups that save most would shrink to a single channel.
        """
        groups = np.flatnonzero(kept > 1)
        trials = np.repeat(kept[None], len(groups), axis=0)
        trials[np.arange(len(groups)), groups] -= 1
        saved = measure(kept[None])[0] - measure(trials)
        alphas = [self.ladders[g].alphas[kept[g] - 1] for g in groups]
        width, widths = self._counts(kept[None]), self._counts(trials)
        shares = np.log(width / widths).sum(axis=1)  # One group is narrower.
        worth = np.maximum(alphas, _LEAST) * shares
        scores = worth / np.maximum(saved, _LEAST)
        kept[groups[np.argmin(scores)]] -= 1

    def _excess(self, kept):
        """Returns the relative violations of budgets, each cost at its least.

        Args:
            kept: Array `(networks, groups)`.

        Returns:
            Array `(networks,)`; 0 where each budget alone can be met.
        """
        counts, total = self._counts(kept), 0.0
        for name, least in self._lowest(counts).items():
            total = total + np.maximum(least / self.budgets[name] - 1, 0)
        if PEAK_RAM in self.budgets:
            budget = self.budgets[PEAK_RAM]
            total = total + self.table.memory.excess(counts, budget) / budget
        return total

    def _pressure(self, kept):
        """Returns the costs relative to their budgets, in excess or not."""
        counts = self._counts(kept)
        shares = [
            least / self.budgets[name]
            for name, least in self._lowest(counts).items()
        ]
        if PEAK_RAM in self.budgets:
            lowest = self.table.memory.lowest(counts)
            shares.append(lowest / self.budgets[PEAK_RAM])
        return np.sum(shares, axis=0)

    def _lowest(self, counts):
        names = [name for name in self.budgets if name != PEAK_RAM]
        found = self.table.lowest(counts, names)
        return {name: np.minimum(cost, _HUGE) for name, cost in found.items()}

    def _meets(self, kept, operations):
        try:
            costs = self.table.at(self._named(kept)).discrete(operations)
        except errors.UserError:  # The device cannot run it at these widths.
            return False
        known = [cost for cost in costs.values() if cost is not None]
        return np.isfinite(known).all() and all(
            costs[name] <= b for name, b in self.budgets.items()
        )

    def _counts(self, kept):
        pairs = zip(self.ladders, kept.T, strict=True)
        columns = [ladder.totals[k - 1] for ladder, k in pairs]
        return np.reshape(columns, kept.T.shape).T

    def _named(self, kept):
        return self.table.layout.named(self._counts(kept[None])[0])


def _ladders(alphas, table, multiple):
    return [
        _Ladder(np.asarray(alpha, float), group.size, multiple)
        for alpha, group in zip(alphas, table.layout.groups, strict=True)
    ]


def _masks(ladders, kept):
    return [ladder.mask(k) for ladder, k in zip(ladders, kept, strict=True)]
