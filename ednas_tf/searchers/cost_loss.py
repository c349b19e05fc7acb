"""The cost of the device in the loss (Eq. 11, 13) and its budgets (Eq. 12)."""

import dataclasses

import keras
import numpy as np
from keras import ops

from ednas_tf import errors

CONSTRAINTS = ("dual", "hinge", "abs")


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
    the table into them, and again whenever the table changes.

    Args:
        num_operations: Number of candidates of each slot.
        objectives: `Objective` values, one per cost.
        constraint: How a budget enters the loss. `dual`: a multiplier that
            rises while the expected cost is above the budget (dual ascent).
            `hinge`: DUCCIO's `s max(0, C - T)`. `abs`: `s |C - T|`. The
            strength `s` of the last two is `CE / (C - T)` at the start.
        rate: Step of the dual ascent, per update and relative violation.
    """

    def __init__(
        self, num_operations, objectives, constraint="dual", rate=0.01, **kwargs
    ):
        super().__init__(trainable=False, **kwargs)
        if constraint not in CONSTRAINTS:
            raise errors.unknown_name("constraint", constraint, CONSTRAINTS)
        self.objectives = tuple(objectives)
        self.constraint = constraint
        self.rate = rate
        self.places = np.cumsum([0, *num_operations])
        count = len(self.objectives)
        size = int(self.places[-1])
        self.fixed = self._state("fixed", (count,))
        self.slots = self._state("slots", (count, size))
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
        """Writes a `CostTable` into the cost variables."""
        largest = table.largest()
        for row, objective in enumerate(self.objectives):
            if objective.cost not in table.names:
                raise errors.UserError(
                    f"The target has no {objective.cost}. It has: "
                    f"{', '.join(table.names)}."
                )
            costs = np.concatenate(table.slots[objective.cost])
            # An impossible operation is priced above the largest network.
            costs = np.where(np.isfinite(costs), costs, largest[objective.cost])
            self.slots.assign(_replaced(self.slots, row, costs))
            self.fixed.assign(
                _replaced(self.fixed, row, table.fixed[objective.cost])
            )
            self.reference.assign(
                _replaced(self.reference, row, largest[objective.cost])
            )

    def expected(self, probabilities):
        """Returns the expected costs `fixed + sum p LUT` (Eq. 11).

        Args:
            probabilities: Per slot a tensor `(num_operations,)`.

        Returns:
            Tensor of shape `(objectives,)`, in the units of the costs.
        """
        flat = ops.concatenate(list(probabilities))
        return self.fixed + ops.matmul(self.slots, flat)

    def call(self, probabilities):
        """Returns the scalar that is added to the cross-entropy (Eq. 13)."""
        if not self.objectives:
            return ops.zeros(())
        costs = self.expected(probabilities)
        weighted = self.weights_of_costs * costs / self.reference
        return ops.sum(weighted) + ops.sum(self._penalties(costs))

    def update(self, probabilities):
        """Takes one step of dual ascent; the other forms have no state."""
        if self.constraint != "dual" or not self.objectives:
            return
        above = self._violation(self.expected(probabilities))
        raised = self.multipliers + self.rate * self.budgeted * above
        self.multipliers.assign(ops.maximum(raised, 0.0))

    def start(self, cross_entropy, probabilities):
        """Sets the strengths of `hinge` and `abs` as the search begins.

        A start within a twentieth of the budget would give a strength without
        bound (the published code: NaN), a start below it a negative one.

        Args:
            cross_entropy: Cross-entropy after the warm-up.
            probabilities: Per slot a tensor `(num_operations,)`.
        """
        gap = np.abs(np.asarray(self._violation(self.expected(probabilities))))
        self.strengths.assign(cross_entropy / np.maximum(gap, 0.05))

    def _violation(self, costs):
        return (costs - self.budgets) / self.budgets

    def _penalties(self, costs):
        above = self._violation(costs)
        if self.constraint == "dual":
            return self.multipliers * self.budgeted * above
        if self.constraint == "hinge":
            above = ops.maximum(above, 0.0)
        strengths = self.strengths * self.budgeted
        return self.ramp * strengths * ops.abs(above)

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
