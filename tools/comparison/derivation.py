"""Contestants that are not run but follow from the runs of others."""

import collections
import dataclasses

from ednas_tf import errors
from tools.comparison import statistics

RANDOM = "random"
"""The contestant that has several members for each seed."""
RANDOM_FIRST = "random_first"
"""Derived: the first of these members alone."""
RANDOM_BETTER = "random_better"
"""Derived: of the first two members the one that validates better."""
BEST_FIXED = "best_fixed"
"""Derived: at each budget the best of the fixed kernels."""
_LABELS = {
    RANDOM_FIRST: "random, one draw",
    RANDOM_BETTER: "random, better of 2 by validation",
    BEST_FIXED: "best fixed kernel",
}
"""What derived contestants are called, unless the protocol says otherwise."""
DERIVED = tuple(_LABELS)
"""Ids that no contestant of a protocol may have."""


def by_contestant(runs):
    """Returns the rows of each contestant that was run.

    Raises:
        UserError: If there are rows of one that is derived.
    """
    found = {}
    for row in runs:
        if row.contestant in DERIVED:
            raise errors.UserError(
                f"Expected no rows of '{row.contestant}', which is derived "
                "from others. Received one; remove it."
            )
        found.setdefault(row.contestant, []).append(row)
    return found


def winners(found, budgets, fixed):
    """Returns the fixed contestant of the highest mean for each budget.

    It is chosen by the test split, which favours it a little.

    Args:
        found: Dictionary from contestants to their rows.
        budgets: `summary.Budget` values.
        fixed: Contestants to choose from.

    Returns:
        Dictionary from budgets to contestants; budgets without any are left
        out.
    """
    best = {}
    for budget in budgets:
        means = {
            name: statistics.accuracy(
                [row for row in found.get(name, ()) if budget.holds(row)]
            ).mean
            for name in fixed
        }
        means = {k: mean for k, mean in means.items() if mean is not None}
        if means:
            best[budget] = max(means, key=means.get)
    return best


def derived(found, winners):
    """Returns the rows of the derived contestants, by contestant.

    Args:
        found: Dictionary from contestants to their rows.
        winners: What `winners` returned.
    """
    first = [row for row in found.get(RANDOM, ()) if row.member == 0]
    best = [
        row
        for budget, name in winners.items()
        for row in found[name]
        if budget.holds(row)
    ]
    return {
        name: [dataclasses.replace(row, contestant=name) for row in held]
        for name, held in (
            (RANDOM_FIRST, first),
            (RANDOM_BETTER, _better(found.get(RANDOM, ()))),
            (BEST_FIXED, best),
        )
        if held
    }


def _better(rows):
    """Returns of each run the member that validates better of the first two.

    Training two networks takes about what a search and a training take.
    """
    pairs = collections.defaultdict(list)
    for row in rows:
        if row.member < 2 and row.validation is not None:
            pairs[row.target, row.level, row.seed].append(row)
    return [
        max(pair, key=lambda row: row.validation)
        for pair in pairs.values()
        if len(pair) == 2
    ]


def labels(known, found):
    """Returns labels of all contestants; those not foreseen come last.

    Args:
        known: Labels of the protocol, in order.
        found: Contestants that have rows, derived ones too.
    """
    shown = {}
    for name, label in known.items():
        shown[name] = label
        # What is taken of the draws stands beside them.
        if name == RANDOM:
            shown |= {
                each: _LABELS[each]
                for each in (RANDOM_FIRST, RANDOM_BETTER)
                if each not in known
            }
    rest = [name for name in found if name not in shown]
    return shown | {name: _LABELS.get(name, name) for name in rest}
