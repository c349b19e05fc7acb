"""Costs between the points of grids, with gradients to the channels."""

import numpy as np
from keras import ops


class ChannelTerms:
    """Looks up what each part of a network costs with its channels now.

    Exact where a grid has a point, linear along both axes in between. At a
    point the slope is that of the cell above it, at the last one of the cell
    below. (`hardware.channel_costs` has the same in NumPy.)

    Args:
        layout: The `hardware.channel_costs.Layout` of the space.
    """

    def __init__(self, layout):
        lengths = np.isfinite(layout.axes).sum(axis=1)
        self.axes = layout.axes.astype(np.float32)
        self.starts = np.arange(len(lengths)) * self.axes.shape[1]
        self.last_cells = np.maximum(lengths - 2, 0)
        self.last_points = lengths - 1
        self.read, self.made = layout.places
        self.widths = layout.lengths[1]
        self.offsets = layout.offsets
        self.owners = layout.owners

    def __call__(self, grids, probabilities, counts):
        """Returns the costs of a network.

        Args:
            grids: Tensor `(costs, values)` with the values of all grids.
            probabilities: Tensor `(candidates,)` of all slots.
            counts: Channels of each group, scalars.

        Returns:
            Tensor `(costs,)`.
        """
        shares = ops.concatenate([ops.ones((1,)), probabilities])
        shares = ops.take(shares, self.owners)
        low, high, part = self._cells(counts)
        rows = [ops.take(place, self.read) for place in (low, high)]
        columns = [ops.take(place, self.made) for place in (low, high)]
        corners = [
            [self._values(grids, row, column) for column in columns]
            for row in rows
        ]
        across = ops.take(part, self.made)
        above, below = (_between(a, b, across) for a, b in corners)
        values = _between(above, below, ops.take(part, self.read))
        return ops.sum(values * shares, axis=1)

    def _cells(self, counts):
        """Returns the points around each count, and how far it is between."""
        one = ops.ones((1,))  # The channels that always stay, a single point.
        counts = ops.stack([*(ops.cast(c, "float32") for c in counts), one[0]])
        passed = ops.cast(counts[:, None] >= self.axes, "int32")
        low = ops.sum(passed, axis=1) - 1
        low = ops.clip(low, 0, self.last_cells.astype("int32"))
        high = ops.minimum(low + 1, self.last_points.astype("int32"))
        flat, starts = self.axes.ravel(), self.starts.astype("int32")
        start = ops.take(flat, low + starts)
        gap = ops.maximum(ops.take(flat, high + starts) - start, 1.0)
        return low, high, (counts - start) / gap

    def _values(self, grids, row, column):
        widths = self.widths.astype("int32")
        offsets = self.offsets.astype("int32")
        return ops.take(grids, offsets + row * widths + column, axis=1)


def _between(start, end, part):
    return start + part * (end - start)
