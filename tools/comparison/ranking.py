"""How well supernets rank networks that are trained alone."""

import dataclasses

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
_STEPS = 20


@dataclasses.dataclass(frozen=True)
class Ranked:
    """One network in one supernet.

    Attributes:
        variant: Label of the search that left the supernet.
        operations: The operation in each slot.
        alone: Accuracy of the float network trained alone.
        accuracy, loss: With the weights of the supernet.
        recalibrated_accuracy, recalibrated_loss: The same, after its batch
            norms have seen the network.
    """

    variant: str
    operations: str
    alone: float
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
    units = [
        unit
        for unit in comparison.units(levels)
        if unit.contestant.id == derivation.RANDOM
        and unit.level.target.name == wanted.target
        and unit.level.number <= wanted.level
    ][: wanted.count]
    if len(units) < wanted.count:
        raise errors.UserError(
            f"Expected {wanted.count} random networks to rank. Received: "
            f"{len(units)}. Give `random` more members, or the ranking a "
            "lower count."
        )
    level = next(
        level
        for level in levels
        if (level.target.name, level.number) == (wanted.target, wanted.level)
    )
    networks = [comparison.chosen(unit) for unit in units]
    with comparison.jobs.threads(workers) as pool:
        alone = pool.map(_alone(comparison), units, networks)
        measured = pool.map(
            _inherited(comparison, level, networks),
            [flags for _, flags in wanted.variants],
        )
        accuracies = [trained["accuracy"] for trained in alone]
        return [
            Ranked(label, one["operations"], accuracy, **score)
            for (label, _), scores in zip(
                wanted.variants, measured, strict=True
            )
            for one, accuracy, score in zip(
                networks, accuracies, scores, strict=True
            )
        ]


def correlations(ranked):
    """Returns Spearman's rank correlation of each measure, by variant.

    The sign of losses is turned, so 1 is a perfect ranking for all.

    Args:
        ranked: `Ranked` values.

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
        alone = [row.alone for row in rows]
        found[variant] = {
            measure: _correlation(alone, rows, measure) for measure in MEASURES
        }
    return found


def _correlation(alone, rows, measure):
    sign = -1.0 if measure.endswith("loss") else 1.0
    guessed = [sign * getattr(row, measure) for row in rows]
    return float(stats.spearmanr(alone, guessed).statistic)


def _alone(comparison):
    """Returns a function that trains the network of a unit."""

    def train(unit, network):
        return comparison.trained(unit.seed, network["architecture"])

    return train


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
