"""Costs of a search space as a function of its numbers of channels."""

import dataclasses
import functools
import itertools
import math

import numpy as np

from ednas_tf import errors
from ednas_tf.hardware import channel_memory, costs
from ednas_tf.hardware.channel_layout import Layout
from ednas_tf.hardware.pricing import Pricing

_TABLES_KEPT = 256


@dataclasses.dataclass(frozen=True, eq=False)
class ChannelCosts:
    """What a space costs with any numbers of channels.

    Attributes:
        space: The `SearchSpace` with all its channels.
        layout: Its `Layout`.
        pricing: The `Pricing`.
        constants: Cost of an empty network, by cost name.
        grids: By cost name the values of all grids, `(layout.size,)`; infinite
            where the device cannot run an operator.
        filled: Operators that the table lacked and that were estimated.
        extrapolated: Operators without a measurement near them.
    """

    space: object
    layout: Layout
    pricing: Pricing
    constants: dict
    grids: dict
    filled: int = 0
    extrapolated: int = 0

    @property
    def names(self):
        """Names of the costs, a subset of `costs.COSTS` in that order."""
        return (*self.grids, costs.PEAK_RAM)

    def at(self, counts):
        """Returns the exact `CostTable` with these numbers of channels.

        Args:
            counts: Channels by group; groups left out have all of theirs.
        """
        return self._at(tuple(sorted(counts.items())))

    def smallest(self):
        """Returns the costs of the smallest network, each cost alone."""
        return self._known(self.at(self.layout.smallest).smallest())

    def largest(self):
        """Returns the costs of the largest network, each cost alone."""
        return self._known(self.at({}).largest())

    def relaxed(self, counts, probabilities):
        """Returns expected costs by name, exact where the grids have points.

        Args:
            counts: Channels by group, of all groups; fractions may be.
            probabilities: Per slot an array `(num_operations,)`.
        """
        groups = self.layout.groups
        row = np.array([[counts[g.name] for g in groups]], float)
        shares = np.concatenate([[1.0], *probabilities])[self.layout.owners]
        return {
            name: self.constants[name]
            + math.fsum((_weighted(values[0], shares)).tolist())
            for name, values in self.terms(row, self.grids).items()
        }

    def lowest(self, counts, names):
        """Returns the sums of what each term and slot costs at least.

        Args:
            counts: Array `(networks, groups)`.
            names: Names of costs, each of which is taken alone.

        Returns:
            Array `(networks,)` by cost name.
        """
        sizes = self.layout.num_operations
        num_fixed = len(self.layout.terms) - sum(sizes)
        first = num_fixed + np.cumsum([0, *sizes])[:-1]
        found = {}
        for name, values in self.terms(counts, names).items():
            total = self.constants[name] + values[:, :num_fixed].sum(axis=1)
            if sizes:
                best = np.minimum.reduceat(values, first, axis=1)
                total = total + best.sum(axis=1)
            found[name] = total
        return found

    def terms(self, counts, names):
        """Returns the cost of each term, interpolated between grid points.

        Args:
            counts: Array `(networks, groups)`.
            names: Names of costs.

        Returns:
            Array `(networks, terms)` by cost name.
        """
        corners, shares = _corners(self.layout, counts)
        return {
            name: _weighted(self.grids[name][corners], shares).sum(axis=0)
            for name in names
        }

    @functools.cached_property
    def memory(self):
        """The `PeakMemory` of the space."""
        largest = self.pricing.target.max_depthwise_kernel
        return channel_memory.build(self.space, self.layout.groups, largest)

    @functools.cached_property
    def _at(self):
        @functools.lru_cache(_TABLES_KEPT)
        def build_at(pairs):
            return self.pricing.of_space(self.space.narrowed(dict(pairs)))

        return build_at

    def _known(self, found):
        return {n: c if n in self.names else None for n, c in found.items()}


def build(space, multiple, target, table=None, missing="error"):
    """Returns the `ChannelCosts` of a space.

    Args:
        space: A `SearchSpace`.
        multiple: Channels that stay or go together.
        target: The `Target`.
        table: A `Table`, or None where the target's own model prices all.
        missing: What to do without an entry: `error`, `interpolate`, `model`.
    """
    pricing = Pricing(target, table, missing)
    space = space.narrowed({})
    layout = Layout.of(space, multiple)
    pricing.of_space(space)  # Mistakes in the whole network are told first.
    if table is not None and missing == "error":
        _check_complete(layout, pricing)
    wanted = {
        row: f"{term.name} with other channels"
        for term, rows in layout.narrowed()
        for row in pricing.tiles(rows)
    }
    prices, extrapolated = _prices(pricing, wanted)
    return ChannelCosts(
        space=space,
        layout=layout,
        pricing=pricing,
        constants=pricing.overhead(),
        grids=_grids(layout, pricing, prices),
        filled=sum(map(pricing.is_filled, wanted)),
        extrapolated=extrapolated,
    )


def _check_complete(layout, pricing):
    """Raises `UserError` unless the table has all numbers of channels."""
    for term in layout.terms:
        axes = layout.allowed(term.inputs), layout.allowed(term.outputs)
        for pair in itertools.product(*axes):
            for row in pricing.tiles(term.narrowed(*pair)):
                if pricing.is_filled(row):
                    table = pricing.table
                    raise errors.UserError(
                        "A search of channels needs costs of narrower "
                        "operators: set --lut_missing=interpolate or model. "
                        f"The table of {table.target.id} has no entry for "
                        f"{term.name}: {table.key(row)}."
                    )


def _prices(pricing, wanted):
    """Returns costs by operator, and how many of them are extrapolated."""
    prices, extrapolated = {}, 0
    for table, rows in pricing.of_operators(wanted):
        for row in rows:
            prices[row] = costs.of_part((row,), table)
            extrapolated += table.find(row).status == "extrapolated"
    return prices, extrapolated


def _grids(layout, pricing, prices):
    """Returns the values of all grids by name of the costs that are known."""
    values = {name: [] for name in costs.SUMS}
    for _, rows in layout.narrowed():
        parts = [prices[row] for row in pricing.tiles(rows)]
        for name, found in values.items():
            costs_of = [part[name] for part in parts]
            unknown = None in costs_of
            found.append(None if unknown else math.fsum(costs_of))
    return {
        name: np.array(found)
        for name, found in values.items()
        if None not in found
    }


def _corners(layout, counts):
    """Returns the grid points around numbers of channels, and their shares.

    Args:
        layout: The `Layout`.
        counts: Array `(networks, groups)`.

    Returns:
        Places in the values of all grids and shares that sum to one, each of
        shape `(4, networks, terms)`.
    """
    counts = np.concatenate([counts, np.ones((len(counts), 1))], axis=1)
    lengths = np.isfinite(layout.axes).sum(axis=1)
    below = (layout.axes <= counts[:, :, None]).sum(axis=2) - 1
    low = np.clip(below, 0, np.maximum(lengths - 2, 0))
    high = np.minimum(low + 1, lengths - 1)
    rows = np.arange(len(lengths))
    start, end = layout.axes[rows, low], layout.axes[rows, high]
    share = (counts - start) / np.maximum(end - start, 1)
    (read, made), (_, width) = layout.places, layout.lengths
    corners, shares = [], []
    for row, part in ((low, 1 - share), (high, share)):
        for column, other in ((low, 1 - share), (high, share)):
            place = layout.offsets + row[:, read] * width + column[:, made]
            corners.append(place)
            shares.append(part[:, read] * other[:, made])
    return np.array(corners), np.array(shares)


def _weighted(values, shares):
    """Returns products in which nothing of an infinite cost is nothing."""
    return np.where(shares == 0, 0.0, values * np.where(shares == 0, 1, shares))
