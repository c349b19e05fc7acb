"""Where the costs of operators come from: a table, or a target's own model."""

import dataclasses

from ednas_tf.hardware import costs, filling
from ednas_tf.hardware import table as tables
from ednas_tf.spaces import tiling

_WINDOW = ("op", "kernel_h", "kernel_w", "stride", "dilation")


@dataclasses.dataclass(frozen=True, eq=False)
class Pricing:
    """Where the costs of operators come from.

    Attributes:
        target: The `Target`.
        table: A `Table`, or None where the target's own model prices all.
        missing: What to do without an entry: `error`, `interpolate`, `model`.
    """

    target: object
    table: object = None
    missing: str = "error"

    def of_space(self, space):
        """Returns the `CostTable` of a `SearchSpace`."""
        table = self.table or tables.generate(space, self.target)
        return costs.build(space, table, self.missing, self.target)

    def of_operators(self, wanted):
        """Yields tables that hold operators, each with those that it holds.

        Args:
            wanted: What each `Operator` is for, by operator.
        """
        families = {}
        for row in wanted:
            families.setdefault(_window(row), []).append(row)
        for family, rows in families.items():
            if self.table is None:
                yield tables.modelled(rows, self.target), rows
                continue
            # A table of the same windows alone: interpolating looks at all.
            places = [(wanted[row], row) for row in rows]
            near, policy = self._near(family), (self.missing, self.target)
            yield filling.complete(near, places, *policy), rows

    def overhead(self):
        """Returns the costs of a network without operators by name."""
        device = self.target if self.table is None else self.table.target
        source = self.target if self.table is None else self.table
        latency_us = source.overhead_us
        energy_uj = latency_us * (device.power_mw or 0.0) / 1000
        known = {"latency_us": latency_us, "energy_uj": energy_uj}
        return {**dict.fromkeys(costs.SUMS, 0.0), **known}

    def tiles(self, rows):
        """Returns operators as they are after large kernels became tiles."""
        return tiling.tiled(rows, self.target.max_depthwise_kernel)

    def is_filled(self, row):
        """Whether the table lacks an operator."""
        return self.table is not None and self.table.find(row) is None

    def _near(self, family):
        known = tuple(
            entry
            for entry in self.table.entries
            if _window(entry.operator) == family
            and (entry.dtype, entry.batch) == (self.table.dtype, 1)
        )
        if not known:
            return self.table
        return dataclasses.replace(self.table, entries=known)


def _window(row):
    return tuple(getattr(row, name) for name in _WINDOW)
