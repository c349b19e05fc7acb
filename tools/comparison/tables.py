"""The tables of a comparison, as text that Markdown and the page share."""

import dataclasses

from ednas_tf.reporting.page import formats
from tools.comparison import wording

_COSTS = (
    "networks",
    "latency us",
    "budget used",
    "within",
    "measured within",
    "search CPU s",
    "training CPU s",
    "ratio",
)
_TESTS = (
    "mean",
    "standard error",
    "95 % interval",
    "p",
    "seeds",
    "runs above",
)
_RUN = {
    "budget us": ("budget_us", 0),
    "latency us": ("latency_us", 0),
    "file us": ("file_us", 0),
    "measured us": ("measured_us", 0),
    "float %": ("accuracy", wording.PLACES, 100),
    "int8 %": ("accuracy_int8", wording.PLACES, 100),
    "search CPU s": ("search_cpu_s", 0),
    "training CPU s": ("train_cpu_s", 0),
    "MACs": ("macs", 0),
    "parameters": ("params", 0),
}
"""Columns of figures of a run: field, decimal places, scale."""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes:
        caption: What it shows.
        header: Tuple of headings.
        rows: Tuple of tuples of text.
        words: How many columns, from the left, are words and not figures.
        strong: Places (row, column) of the best figures.
    """

    caption: str
    header: tuple
    rows: tuple
    words: int = 1
    strong: frozenset = frozenset()


def label(comparison):
    """Returns the label of the reference."""
    return comparison.labels[comparison.reference]


def accuracy(comparison, field="accuracy_int8"):
    """Returns accuracy by contestant and budget.

    Args:
        comparison: A `summary.Comparison`.
        field: `accuracy` or `accuracy_int8`.
    """
    cells = {
        (row, column): comparison.accuracy(name, budget, field)
        for row, name in enumerate(comparison.labels)
        for column, budget in enumerate(comparison.budgets, start=1)
    }
    most = len(comparison.seeds)
    columns = range(1, len(comparison.budgets) + 1)
    rows = [
        (
            text,
            *(wording.spread(cells[row, column], most) for column in columns),
        )
        for row, text in enumerate(comparison.labels.values())
    ]
    return Table(
        caption(field) + ".",
        ("", *(budget.name for budget in comparison.budgets)),
        tuple(rows),
        strong=_best(cells),
    )


def tests(comparison, field="accuracy_int8", budget=None, target=None):
    """Returns paired differences to the reference, at a budget or pooled.

    Args:
        comparison: A `summary.Comparison`.
        field: `accuracy` or `accuracy_int8`.
        budget: A `summary.Budget`, or None for a pool.
        target: The target to pool over, or None for all.
    """
    where = budget.name if budget else target or "all targets and budgets"
    rows = []
    for name, text in comparison.labels.items():
        if name == comparison.reference:
            continue
        found = comparison.difference(name, budget, target, field)
        rows.append((text, *_tested(found)))
    return Table(
        f"{where}: {wording.kind(field)} accuracy minus that of "
        f"“{label(comparison)}”, points.",
        ("", *_TESTS),
        tuple(rows),
    )


def pooled_tests(comparison, field="accuracy_int8"):
    """Returns the tables of `tests` over all budgets, and of each target."""
    targets = comparison.targets
    pools = [None, *targets] if len(targets) > 1 else targets
    return [tests(comparison, field, target=target) for target in pools]


def budget_tests(comparison, field="accuracy_int8"):
    """Returns the tables of `tests` at each budget with shared runs."""
    return [
        tests(comparison, field, budget)
        for budget in comparison.budgets
        if comparison.has_shared_runs(budget)
    ]


def costs(comparison):
    """Returns latency, budgets met and CPU time of each cell."""
    rows = [
        (
            budget.name,
            comparison.labels[name],
            *_costs(comparison.costs(name, budget)),
        )
        for budget in comparison.budgets
        for name in comparison.labels
    ]
    return Table(
        "Means of one network at each budget.",
        ("", "", *_COSTS),
        tuple(rows),
        words=2,
    )


def total_costs(comparison):
    """Returns the same over all budgets; a mean latency means nothing then."""
    rows = []
    for name, text in comparison.labels.items():
        networks, _, *rest = _costs(comparison.costs(name))
        rows.append((text, networks, *rest))
    count, _, *rest = _COSTS
    return Table(
        "All budgets. Budget used: mean share that exported files take. "
        "Within: those within budget, by counted and by measured latency. "
        "CPU: of one network; the ratio is search over training.",
        ("", count, *rest),
        tuple(rows),
    )


def runs(comparison):
    """Returns every row of the comparison."""
    rows = [
        (
            row.target,
            comparison.labels[row.contestant],
            _architecture(row),
            str(row.seed),
            str(row.member),
            *(_number(row, name, *how) for name, *how in _RUN.values()),
        )
        for row in comparison.runs
    ]
    header = ("target", "contestant", "operations", "seed", "member", *_RUN)
    return Table("One network in a row.", header, tuple(rows), words=3)


def _architecture(row):
    """Returns operations, width and channels as far as known."""
    width = "" if row.width is None else f"width {row.width:g}"
    channels = row.channels and f"channels {row.channels}"
    parts = [part for part in (row.operations, width, channels) if part]
    return ", ".join(parts) or wording.NONE


def _number(row, name, places, scale=1):
    value = getattr(row, name)
    return formats.fixed(None if value is None else value * scale, places)


def _costs(found):
    """Returns the cells of `statistics.Costs`, in the order of `_COSTS`."""
    return (
        str(found.networks) if found.networks else wording.NONE,
        formats.fixed(found.latency_us, 0),
        wording.percent(found.used),
        wording.share(found.within),
        wording.share(found.measured_within),
        formats.fixed(found.search_cpu_s, 0),
        formats.fixed(found.train_cpu_s, 0),
        formats.fixed(found.ratio, 2),
    )


def _tested(found):
    """Returns the cells of a `statistics.Difference`, in order of `_TESTS`."""
    return (
        wording.signed(found.mean),
        formats.fixed(found.error, wording.PLACES),
        " to ".join(map(wording.signed, found.interval))
        if found.interval
        else wording.NONE,
        found.why if found.p is None else wording.probability(found.p),
        str(found.seeds),
        wording.wins(found),
    )


def caption(field):
    """Returns what the figures of an accuracy are."""
    kind = wording.kind(field)
    return f"Accuracy of the {kind} networks on the test split in %"


def _best(cells):
    """Returns the places of the best mean of each column, as far as shown."""
    means = {
        place: round(found.mean, wording.PLACES)
        for place, found in cells.items()
        if found.mean is not None
    }
    tops = {}
    for (_, column), mean in means.items():
        tops[column] = max(mean, tops.get(column, mean))
    return frozenset(p for p, mean in means.items() if mean == tops[p[1]])
