"""How well supernets rank networks that are trained alone."""

import dataclasses
import math

import numpy as np
from scipy import stats

from ednas_tf import errors
from tools.comparison import derivation

MEASURES = (
    "accuracy",
    "loss",
    "recalibrated_accuracy",
    "recalibrated_loss",
)
"""What a network has with the weights of a supernet."""
SIZES = ("latency_us", "macs")
"""What can rank networks without any supernet: larger ones are better."""
_STEPS = 20
_RESAMPLES = 2000
_CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Ranked:
    """One network in one supernet.

    Attributes:
        variant: Label of the search that left the supernet.
        operations: The operation in each slot.
        alone: Accuracy of the float network trained alone.
        latency_us: Counted latency of the network.
        macs: Its multiply-accumulates.
        accuracy, loss: With the weights of the supernet.
        recalibrated_accuracy, recalibrated_loss: The same, after its batch
            norms have seen the network.
    """

    variant: str
    operations: str
    alone: float
    latency_us: float
    macs: int
    accuracy: float
    loss: float
    recalibrated_accuracy: float
    recalibrated_loss: float


def run(comparison, levels, workers):
    """Ranks random networks of a comparison, each trained alone there.

    Args:
        comparison: The `Comparison`.
        levels: Its `Level` values.
        workers: Jobs at once.

    Returns:
        A list of `Ranked`.

    Raises:
        UserError: If the comparison has too few of them.
    """
    wanted = comparison.protocol.ranking
    units, networks = _different(comparison, levels)
    level = next(
        level
        for level in levels
        if (level.target.name, level.number) == (wanted.target, wanted.level)
    )
    with comparison.jobs.threads(workers) as pool:
        alone = pool.map(comparison.alone, units)
        measured = pool.map(
            _inherited(comparison, level, networks),
            [flags for _, flags in wanted.variants],
        )
        known = [
            {
                "operations": one["operations"],
                "alone": trained["accuracy"],
                "latency_us": one["latency_us"],
                "macs": trained["macs"],
            }
            for one, trained in zip(networks, alone, strict=True)
        ]
        return [
            Ranked(label, **facts, **score)
            for (label, _), scores in zip(
                wanted.variants, measured, strict=True
            )
            for facts, score in zip(known, scores, strict=True)
        ]


def _different(comparison, levels):
    """Returns units of different random networks, and these networks."""
    wanted = comparison.protocol.ranking
    found = {}
    for unit in comparison.units(levels):
        if (
            unit.contestant.id == derivation.RANDOM
            and unit.level.target.name == wanted.target
            and unit.level.number <= wanted.level
        ):
            network = comparison.chosen(unit)
            found.setdefault(network["operations"], (unit, network))
    if len(found) < wanted.count:
        raise errors.UserError(
            f"Expected {wanted.count} random networks to rank. Received: "
            f"{len(found)}. Give `random` more members, or the ranking a "
            "lower count."
        )
    return zip(*list(found.values())[: wanted.count], strict=True)


def interval(alone, guessed):
    """Returns the ends of the 95 % interval of a rank correlation.

    It is a bootstrap over networks, the same one every time.

    Args:
        alone: Accuracies.
        guessed: What ranks the networks, larger for better ones.
    """
    draw = np.random.default_rng(0)
    places = draw.integers(len(alone), size=(_RESAMPLES, len(alone)))
    ranks = [
        stats.rankdata(np.asarray(values)[places], axis=1)
        for values in (alone, guessed)
    ]
    one, other = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    spread = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    ranked = spread > 0  # Else all drawn are equal.
    found = (one * other).sum(axis=1)[ranked] / spread[ranked]
    if not len(found):
        return math.nan, math.nan
    beyond = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(found, [beyond, 1 - beyond])
    return float(low), float(high)


def by_size(ranked):
    """Returns the rank correlation of each of `SIZES`, with no supernet.

    Args:
        ranked: `Ranked` values.
    """
    first = [each for each in ranked if each.variant == ranked[0].variant]
    return {size: _correlation(first, size) for size in SIZES}


def correlations(ranked):
    """Returns Spearman's rank correlation of each measure, by variant.

    The sign of losses is turned, so 1 is a perfect ranking for all.

    Args:
        ranked: `Ranked` values.

    Returns:
        Dictionary from variants to one from measures to the correlation and
        the ends of its interval.

    Raises:
        UserError: If there are fewer than three networks.
    """
    variants = dict.fromkeys(each.variant for each in ranked)
    found = {}
    for variant in variants:
        rows = [each for each in ranked if each.variant == variant]
        if len(rows) < 3:
            raise errors.UserError(
                f"Expected at least 3 networks to rank. Received: {len(rows)}"
            )
        found[variant] = {
            measure: _correlation(rows, measure) for measure in MEASURES
        }
    return found


def _correlation(rows, measure):
    """Returns a correlation and the ends of its interval."""
    sign = -1.0 if measure.endswith("loss") else 1.0
    alone = [row.alone for row in rows]
    guessed = [sign * getattr(row, measure) for row in rows]
    told = float(stats.spearmanr(alone, guessed).statistic)
    return told, *interval(alone, guessed)


def _inherited(comparison, level, networks):
    """Returns a function from flags to scores in what their search leaves."""
    seed = comparison.protocol.seeds[0]
    names = [network["operations"].split() for network in networks]

    def scores(flags):
        given = [
            *comparison.space(level),
            *comparison.protocol.search_flags,
            *flags,
            f"--seed={seed}",
        ]
        searched = comparison.jobs.run(
            "search", given=given, budget_us=level.budget_us
        )
        return comparison.jobs.run(
            "inherit",
            given=given,
            searched=searched["folder"],
            networks=names,
            steps=_STEPS,
        )["scores"]

    return scores
