"""What the rows of a comparison say: means, spreads, paired differences.

All functions take `rows.Row` values, of one contestant unless they say
otherwise. A run is a (target, level, seed); it has one network, or several
members, whose mean is then its value. Runs of one seed are not independent:
what is tested is tested over seeds.
"""

import collections
import dataclasses
import math

import numpy as np
from scipy import stats

_NO_SPREAD = 1e-9
"""Differences in points that are equal but for rounding."""
_CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Spread:
    """Mean of a sample and how far its values lie apart.

    Attributes:
        count: Number of values.
        mean: Their mean, or None without any.
        deviation: Standard deviation of the sample (n - 1 in the
            denominator), or None for fewer than two values.
    """

    count: int
    mean: float | None
    deviation: float | None


@dataclasses.dataclass(frozen=True)
class Share:
    """How many of so many.

    Attributes:
        count: Those that are meant.
        total: All.
    """

    count: int
    total: int

    @property
    def value(self):
        """The share of one, or None of none."""
        return self.count / self.total if self.total else None


@dataclasses.dataclass(frozen=True)
class Costs:
    """What networks of one contestant cost, and whether they fit.

    Attributes:
        networks: Number of rows, members included.
        within: `Share` of exported files within budget, by counted cost.
        measured_within: The same by measured time, of those that have one.
        used: Mean share of the budget that exported files take.
        latency_us: Mean counted latency of the architectures.
        search_cpu_s, train_cpu_s: Means in CPU seconds.
        ratio: Mean of search over training; None without a search.

    Means are over runs, and None where nothing is known.
    """

    networks: int
    within: Share
    measured_within: Share
    used: float | None
    latency_us: float | None
    search_cpu_s: float | None
    train_cpu_s: float | None
    ratio: float | None


@dataclasses.dataclass(frozen=True)
class Difference:
    """A contestant minus the reference, over the runs that both have.

    Attributes:
        points: Tuple of the differences of all these runs.
        seeds: Number of their seeds, which all that follows is over.
        mean: Mean of the means of each seed, or None without any.
        error: Standard error of the mean, or None for fewer than two seeds.
        interval: Ends of the 95 % interval of the mean, or None.
        p: Of the paired t-test against no difference, or None.
        why: Why there is no `p`; empty if there is one.
        positive: How many runs the contestant wins.
        equal: In how many runs both have the same accuracy, as where both
            found the same network.
    """

    points: tuple
    seeds: int = 0
    mean: float | None = None
    error: float | None = None
    interval: tuple | None = None
    p: float | None = None
    why: str = "no shared runs"
    positive: int = 0
    equal: int = 0

    @property
    def runs(self):
        """Number of runs that both have."""
        return len(self.points)


def per_run(rows, field, scale=1.0):
    """Averages a field over the members of each run.

    Args:
        rows: Rows of one contestant.
        field: Name of the field; rows without a value are left out.
        scale: What values are multiplied by, as 100 for points.

    Returns:
        Dictionary from (target, level, seed) to the mean.
    """
    found = collections.defaultdict(list)
    for row in rows:
        value = getattr(row, field)
        if value is not None:
            found[row.target, row.level, row.seed].append(value * scale)
    return {run: math.fsum(held) / len(held) for run, held in found.items()}


def spread(values):
    """Returns the `Spread` of numbers."""
    values = np.asarray(list(values), "float64")
    if not len(values):
        return Spread(0, None, None)
    deviation = float(values.std(ddof=1)) if len(values) > 1 else None
    return Spread(len(values), float(values.mean()), deviation)


def accuracy(rows, field="accuracy_int8"):
    """Returns the `Spread` of an accuracy, in points.

    Its count and mean are over seeds, its deviation over single networks: the
    means of several members would lie closer together than networks do.

    Args:
        rows: Rows of one contestant at one budget.
        field: `accuracy` or `accuracy_int8`.
    """
    over_seeds = spread(per_run(rows, field, 100.0).values())
    single = [getattr(row, field) for row in rows]
    known = spread(100.0 * value for value in single if value is not None)
    return dataclasses.replace(over_seeds, deviation=known.deviation)


def within(rows, field="file_us"):
    """Returns the `Share` of rows whose latency is within their budget.

    Args:
        rows: Rows, each with a budget of its own; every member counts.
        field: `file_us` or `measured_us`; rows without it do not count.
    """
    found = [row for row in rows if getattr(row, field) is not None]
    met = sum(getattr(row, field) <= row.budget_us for row in found)
    return Share(met, len(found))


def costs(rows):
    """Returns the `Costs` of rows of one contestant."""
    search = per_run(rows, "search_cpu_s")
    training = per_run(rows, "train_cpu_s")
    ratios = [
        search[run] / training[run]
        for run in search.keys() & training.keys()
        if training[run]
    ]
    return Costs(
        networks=len(rows),
        within=within(rows),
        measured_within=within(rows, "measured_us"),
        used=_used(rows),
        latency_us=spread(per_run(rows, "latency_us").values()).mean,
        search_cpu_s=spread(search.values()).mean,
        train_cpu_s=spread(training.values()).mean,
        ratio=spread(ratios).mean,
    )


def _used(rows):
    """Returns the mean share of their budget that exported files take."""
    budgets = per_run(rows, "budget_us")
    files = per_run(rows, "file_us")
    shares = (files[run] / budgets[run] for run in files if budgets[run])
    return spread(shares).mean


def difference(rows, reference, field="accuracy_int8"):
    """Compares a contestant with the reference, run by run.

    A run of both has the same target, budget and seed; other runs do not
    count. The unit of the test is the seed: its runs share the order of
    batches and the start of the weights, and a network found at several
    budgets is trained once, so their differences are averaged first. The
    t-test asks whether the mean over seeds could be zero, if seeds are
    independent and about normal. Over three seeds it has two degrees of
    freedom: the mean must be 4.3 times its standard error for p < 0.05, so
    that a mean of one point shows only if the means of seeds have a standard
    deviation below 0.4, and a large p is no sign of equality. All share one
    training and one test split, and a pool tells of its very budgets, which
    may differ between seeds of a comparison that is half done. Nothing is
    corrected for the number of tests.

    Args:
        rows: Rows of the contestant.
        reference: Rows of the reference.
        field: `accuracy` or `accuracy_int8`.

    Returns:
        `Difference`, in points.
    """
    theirs = per_run(rows, field, 100.0)
    others = per_run(reference, field, 100.0)
    apart = {run: theirs[run] - others[run] for run in theirs if run in others}
    if not apart:
        return Difference(())
    seeds = collections.defaultdict(list)
    for (*_, seed), points in apart.items():
        seeds[seed].append(points)
    means = [math.fsum(held) / len(held) for held in seeds.values()]
    return Difference(
        points=tuple(apart.values()),
        positive=sum(points > _NO_SPREAD for points in apart.values()),
        equal=sum(abs(points) <= _NO_SPREAD for points in apart.values()),
        **_tested(np.array(means, "float64")),
    )


def _tested(means):
    """Returns the fields of a `Difference` that are over seeds.

    Args:
        means: Difference of each seed, of shape `(seeds,)`, in points.
    """
    known = {"seeds": len(means), "mean": float(means.mean())}
    if len(means) == 1:
        return {**known, "why": "one seed"}
    error = float(stats.sem(means))
    half = error * float(stats.t.ppf((1 + _CONFIDENCE) / 2, len(means) - 1))
    known |= {
        "error": error,
        "interval": (known["mean"] - half, known["mean"] + half),
    }
    if np.ptp(means) <= _NO_SPREAD:
        return {**known, "why": "no spread"}
    # The paired test of two samples is that of their differences.
    p = float(stats.ttest_1samp(means, 0.0).pvalue)
    return {**known, "p": p, "why": ""}
