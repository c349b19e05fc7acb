"""The figures of a comparison, by contestant and by budget."""

import dataclasses
import pathlib

from ednas_tf import errors
from ednas_tf.runs import store
from tools.comparison import derivation, statistics
from tools.comparison import rows as tables_of_rows


@dataclasses.dataclass(frozen=True)
class ProtocolSummary:
    """What reports need to know of a protocol.

    Attributes:
        labels: Dictionary from contestants to what readers see, in the order
            to show them in.
        fixed: Contestants with one kernel everywhere.
        reference: The contestant that all others are compared with.
        title: Title of the page.
        description: What was compared, in a few sentences.
        command: The command that makes it all again.
    """

    labels: dict
    fixed: tuple
    reference: str
    title: str
    description: str
    command: str


@dataclasses.dataclass(frozen=True, order=True)
class Budget:
    """A column of the tables.

    Attributes:
        target: Name of the device.
        level: Number of the budget of this target.
        budget_us: The budget, in microseconds.
    """

    target: str
    level: int
    budget_us: float

    @property
    def name(self):
        """How readers call it."""
        return f"{self.target} {self.budget_us:,.0f} us"

    def holds(self, row):
        """Whether a row is of this budget."""
        return (row.target, row.level) == (self.target, self.level)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All rows, with those of derived contestants, and how to look at them.

    Attributes:
        runs: The rows, by budget, contestant, seed and member.
        rows: Dictionary from contestants to their rows.
        labels: Labels of all contestants, in order.
        reference: Contestant that others are compared with.
        fixed: Contestants with one kernel everywhere.
        budgets: Tuple of `Budget`, target by target.
        winners: Dictionary from budgets to the best fixed contestant.
    """

    runs: tuple
    rows: dict
    labels: dict
    reference: str
    fixed: tuple
    budgets: tuple
    winners: dict

    @property
    def targets(self):
        """Names of the targets, in order."""
        return tuple(dict.fromkeys(each.target for each in self.budgets))

    @property
    def seeds(self):
        """All seeds, in order."""
        return tuple(sorted({row.seed for row in self.runs}))

    def at(self, contestant, budget=None, target=None):
        """Returns the rows of a contestant, of one budget or target or all."""
        return [
            row
            for row in self.rows.get(contestant, ())
            if (budget is None or budget.holds(row))
            and target in (None, row.target)
        ]

    def accuracy(self, contestant, budget, field="accuracy_int8"):
        """Returns the `statistics.Spread` of a cell, in points."""
        return statistics.accuracy(self.at(contestant, budget), field)

    def costs(self, contestant, budget=None):
        """Returns the `statistics.Costs` of a cell, or of all budgets."""
        return statistics.costs(self.at(contestant, budget))

    def difference(
        self, contestant, budget=None, target=None, field="accuracy_int8"
    ):
        """Returns the `statistics.Difference` to the reference, in points.

        There is no test of what was chosen by the accuracies to be tested.
        """
        found = statistics.difference(
            self.at(contestant, budget, target),
            self.at(self.reference, budget, target),
            field,
        )
        if contestant != derivation.BEST_FIXED or found.p is None:
            return found
        return dataclasses.replace(
            found, p=None, interval=None, why="chosen by these"
        )

    def has_shared_runs(self, budget=None, target=None):
        """Whether anyone can be held against the reference there."""
        return any(
            self.difference(name, budget, target).runs
            for name in self.labels
            if name != self.reference
        )


def compare(rows, protocol):
    """Brings the rows of a comparison in order; it may be half done.

    Args:
        rows: `rows.Row` values.
        protocol: `ProtocolSummary`.

    Returns:
        A `Comparison`.

    Raises:
        UserError: If there are no rows, or they contradict each other.
    """
    runs = tables_of_rows.check(rows)
    if not runs:
        raise errors.UserError(
            "Expected at least one finished run to report. Found none: let "
            "the comparison run first."
        )
    if protocol.reference not in protocol.labels:
        raise errors.unknown_name(
            "contestant", protocol.reference, protocol.labels
        )
    budgets = _budgets(runs)
    runs = _ordered(runs, budgets, protocol.labels)
    found = derivation.by_contestant(runs)
    winners = derivation.winners(found, budgets, protocol.fixed)
    found |= derivation.derived(found, winners)
    return Comparison(
        runs=runs,
        rows=found,
        labels=derivation.labels(protocol.labels, found),
        reference=protocol.reference,
        fixed=protocol.fixed,
        budgets=budgets,
        winners=winners,
    )


def _budgets(runs):
    """Returns the budgets, targets in the order in which they come."""
    targets = list(dict.fromkeys(row.target for row in runs))
    found = {Budget(row.target, row.level, row.budget_us) for row in runs}
    return tuple(
        sorted(found, key=lambda each: (targets.index(each.target), each))
    )


def _ordered(runs, budgets, labels):
    """Returns rows in the order of tables; they come as they were done."""
    columns = [(budget.target, budget.level) for budget in budgets]
    names = list(labels)

    def place(row):
        known = row.contestant in labels
        return (
            columns.index((row.target, row.level)),
            names.index(row.contestant) if known else len(names),
            row.contestant,
            row.seed,
            row.member,
        )

    return tuple(sorted(runs, key=place))


def write_csv(rows, protocol, path):
    """Writes the figures of all cells as CSV, accuracies in points.

    Args:
        rows: `rows.Row` values.
        protocol: `ProtocolSummary`.
        path: File to write.
    """
    comparison = compare(rows, protocol)
    path = pathlib.Path(path)
    store.Store(path.parent).write_rows(
        path.name,
        [
            _cell(comparison, name, budget)
            for budget in comparison.budgets
            for name in comparison.labels
            if comparison.at(name, budget)
        ],
    )


def _cell(comparison, name, budget):
    """Returns the line of the CSV for a contestant at a budget."""
    floats = comparison.accuracy(name, budget, "accuracy")
    int8 = comparison.accuracy(name, budget)
    costs = comparison.costs(name, budget)
    return {
        **dataclasses.asdict(budget),
        "contestant": name,
        "label": comparison.labels[name],
        "seeds": len({row.seed for row in comparison.at(name, budget)}),
        "networks": costs.networks,
        "accuracy_mean": floats.mean,
        "accuracy_sd": floats.deviation,
        "accuracy_int8_mean": int8.mean,
        "accuracy_int8_sd": int8.deviation,
        **_test(comparison, name, budget),
        "budget_used": costs.used,
        "within_budget": costs.within.value,
        "measured_within_budget": costs.measured_within.value,
        "latency_us": costs.latency_us,
        "search_cpu_s": costs.search_cpu_s,
        "train_cpu_s": costs.train_cpu_s,
        "search_per_train": costs.ratio,
    }


def _test(comparison, name, budget):
    """Returns the columns of the paired test; empty for the reference."""
    found = comparison.difference(name, budget)
    same = name == comparison.reference
    return {
        "difference_mean": None if same else found.mean,
        "difference_error": None if same else found.error,
        "p": None if same else found.p,
        "no_p_because": "the reference" if same else found.why,
        "difference_seeds": None if same else found.seeds,
        "positive": None if same else found.positive,
        "equal": None if same else found.equal,
    }
