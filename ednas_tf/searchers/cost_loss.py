"""The cost of the device in the loss (Eq. 11, 13) and its budgets (Eq. 12)."""

import dataclasses

import keras
import numpy as np
from keras import ops

from ednas_tf import errors
from ednas_tf.searchers.channel_terms import ChannelTerms

CONSTRAINTS = ("dual", "hinge", "abs")
_DAMPING = 10.0
"""Share of a budget below it at which a multiplier of 1 has no pull left: a
tenth. Alphas take many steps to turn, and without it a short search ends far
below the budget, with room that nothing uses, or with most of a layer gone
when the multiplier begins to fall. It is of the size of the multipliers of a
search of channels; beside those of operations alone, it is small."""


@dataclasses.dataclass(frozen=True)
class Objective:
    """What the search wants of one cost.

    Attributes:
        cost: Name of the cost, as in `latency_us`.
        weight: Strength of "less is better", relative to the cost of the
            largest network; 0 for none.
        budget: Upper bound in the unit of the cost; None for none.
    """

    cost: str
    weight: float = 0.0
    budget: float | None = None


class CostLoss(keras.layers.Layer):
    """Expected costs, their weighted sum, and a penalty above each budget.

    The costs live in variables that training leaves alone: a callback writes
    the table into them, and again whenever the table changes. With a layout
    a cost is a function of the channels that each group has, else of the
    operations alone.

    Args:
        num_operations: Number of candidates of each slot.
        objectives: `Objective` values, one per cost.
        constraint: How a budget enters the loss. `dual`: a multiplier that
            rises while the expected cost is above the budget (dual ascent).
            `hinge`: DUCCIO's `s max(0, C - T)`. `abs`: `s |C - T|`. The
            strength `s` of the last two is `CE / (C - T)` at the start.
        rate: Step of the dual ascent, per update and unit of
            `log(1 + violation)`, where the violation is relative.
        layout: The `hardware.channel_costs.Layout` of the space where its
            channels are searched.
    """

    def __init__(
        self,
        num_operations,
        objectives,
        constraint="dual",
        rate=0.01,
        layout=None,
        **kwargs,
    ):
        super().__init__(trainable=False, **kwargs)
        if constraint not in CONSTRAINTS:
            raise errors.unknown_name("constraint", constraint, CONSTRAINTS)
        self.objectives = tuple(objectives)
        self.constraint = constraint
        self.rate = rate
        self.terms = layout and ChannelTerms(layout)
        count = len(self.objectives)
        size = layout.size if layout else sum(num_operations)
        self.fixed = self._state("fixed", (count,))
        self.parts = self._state("parts", (count, size))
        self.reference = self._state("reference", (count,), 1.0)
        self.multipliers = self._state("multipliers", (count,))
        self.strengths = self._state("strengths", (count,))
        self.ramp = self._state("ramp", (), 1.0)
        self.weights_of_costs = np.array(
            [o.weight for o in self.objectives], np.float32
        )
        self.budgeted = np.array(
            [o.budget is not None for o in self.objectives], np.float32
        )
        self.budgets = np.array(
            [o.budget or 1.0 for o in self.objectives], np.float32
        )
        self.built = True

    def set_table(self, table):
        """Writes a table into the cost variables.

        Args:
            table: A `ChannelCosts` where there is a layout, else a `CostTable`.
        """
        largest = table.largest()
        for row, objective in enumerate(self.objectives):
            name = objective.cost
            if name not in table.names:
                raise errors.UserError(
                    f"The target has no {name}. It has: "
                    f"{', '.join(table.names)}."
                )
            fixed, costs = self._parts_of(table, name)
            # An impossible operation is priced above the largest network.
            costs = np.where(np.isfinite(costs), costs, largest[name])
            for variable, value in (
                (self.fixed, fixed),
                (self.parts, costs),
                (self.reference, largest[name]),
            ):
                variable.assign(_replaced(variable, row, value))

    def expected(self, probabilities, counts=None):
        """Returns the expected costs `fixed + sum p LUT` (Eq. 11).

        Args:
            probabilities: Per slot a tensor `(num_operations,)`.
            counts: Per group of channels a scalar, needed with a layout.

        Returns:
            Tensor of shape `(objectives,)`, in the units of the costs.
        """
        flat = ops.concatenate([ops.zeros((0,)), *probabilities])
        if self.terms is None:
            return self.fixed + ops.matmul(self.parts, flat)
        return self.fixed + self.terms(self.parts, flat, counts)

    def call(self, probabilities, counts=None):
        """Returns the scalar that is added to the cross-entropy (Eq. 13)."""
        if not self.objectives:
            return ops.zeros(())
        costs = self.expected(probabilities, counts)
        weighted = self.weights_of_costs * costs / self.reference
        return ops.sum(weighted) + ops.sum(self._penalties(costs))

    def update(self, probabilities, counts=None):
        """Takes one step of dual ascent; the other forms have no state."""
        if self.constraint != "dual" or not self.objectives:
            return
        above = self._violation(self.expected(probabilities, counts))
        # A network of 16 times its budget must not fall 16 times as fast.
        above = ops.where(above > 0, ops.log1p(above), above)
        raised = self.multipliers + self.rate * self.budgeted * above
        self.multipliers.assign(ops.maximum(raised, 0.0))

    def start(self, cross_entropy, probabilities, counts=None):
        """Sets the strengths of `hinge` and `abs` as the search begins.

        A start within a twentieth of the budget would give a strength without
        bound (the published code: NaN), a start below it a negative one.

        Args:
            cross_entropy: Cross-entropy after the warm-up.
            probabilities: Per slot a tensor `(num_operations,)`.
            counts: Per group of channels a scalar, needed with a layout.
        """
        costs = self.expected(probabilities, counts)
        gap = np.abs(np.asarray(self._violation(costs)))
        self.strengths.assign(cross_entropy / np.maximum(gap, 0.05))

    def _parts_of(self, table, name):
        """Returns what always costs as much, and the costs of all parts."""
        if self.terms is not None:
            return table.constants[name], table.grids[name]
        return table.fixed[name], np.concatenate([[], *table.slots[name]])

    def _violation(self, costs):
        return (costs - self.budgets) / self.budgets

    def _penalties(self, costs):
        above = self._violation(costs)
        if self.constraint == "dual":
            return self._pull(above) * self.budgeted * above
        if self.constraint == "hinge":
            above = ops.maximum(above, 0.0)
        strengths = self.strengths * self.budgeted
        return self.ramp * strengths * ops.abs(above)

    def _pull(self, above):
        """Returns the multipliers as they act now."""
        below = ops.stop_gradient(ops.minimum(above, 0.0))
        return ops.maximum(self.multipliers + _DAMPING * below, 0.0)

    def _state(self, name, shape, value=0.0):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=keras.initializers.Constant(value),
            trainable=False,
        )


def _replaced(variable, row, value):
    values = np.array(variable)
    values[row] = value
    return values
