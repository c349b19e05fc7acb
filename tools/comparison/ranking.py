"""How well supernets rank networks that are trained alone."""

import dataclasses

from scipy import stats

from ednas_tf import errors

MEASURES = (
    "accuracy",
    "loss",
    "recalibrated_accuracy",
    "recalibrated_loss",
)
"""What a network has with the weights of a supernet."""
_STEPS = 20
_SEED = 20


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
    """Trains random networks within a budget alone, and ranks them.

    Args:
        comparison: The `Comparison`.
        levels: Its `Level` values.
        workers: Jobs at once.

    Returns:
        A list of `Ranked`.
    """
    wanted = comparison.protocol.ranking
    level = next(
        level
        for level in levels
        if (level.target.name, level.number) == (wanted.target, wanted.level)
    )
    seed = comparison.protocol.seeds[0]
    space = comparison.space(level)
    drawn = comparison.jobs.run(
        "draw",
        given=space,
        budget_us=level.budget_us,
        share=0.0,
        count=wanted.count,
        seed=[_SEED, seed],
    )["found"]
    with comparison.jobs.threads(workers) as pool:
        alone = pool.map(
            lambda one: comparison.trained(seed, one["architecture"]), drawn
        )
        networks = [one["operations"].split() for one in drawn]
        measured = pool.map(
            lambda flags: _inherited(
                comparison, (space, level.budget_us), flags, seed, networks
            ),
            [flags for _, flags in wanted.variants],
        )
        accuracies = [one["accuracy"] for one in alone]
        return [
            Ranked(label, one["operations"], accuracy, **score)
            for (label, _), scores in zip(
                wanted.variants, measured, strict=True
            )
            for one, accuracy, score in zip(
                drawn, accuracies, scores, strict=True
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


def _inherited(comparison, question, flags, seed, networks):
    """Returns the scores of networks in the supernet that a search leaves."""
    space, budget_us = question
    given = [
        *space,
        *comparison.protocol.search_flags,
        *flags,
        f"--seed={seed}",
    ]
    searched = comparison.jobs.run("search", given=given, budget_us=budget_us)
    return comparison.jobs.run(
        "inherit",
        given=given,
        searched=searched["folder"],
        networks=networks,
        steps=_STEPS,
    )["scores"]
