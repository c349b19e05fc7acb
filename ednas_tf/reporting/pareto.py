"""What a sweep found: fronts, their size, and the spread at equal memory."""

import pathlib

from ednas_tf import runs, versions
from ednas_tf.reporting import fronts, rows

_SPREAD = ("energy_uj", "latency_us", "macs")
_COSTS = ("energy_uj", "latency_us", "macs")
"""What accuracy is set against: the first that all points have."""


def collect(folder):
    """Returns what `pareto.json` holds.

    A point counts if it is done and within its budgets; the reference, which
    has none, is told beside the fronts.

    Args:
        folder: Folder of the sweep.
    """
    found = rows.read(pathlib.Path(folder))
    reference = next((r for r in found if r["point"] == rows.REFERENCE), None)
    done = [row for row in found if row["status"] == rows.DONE]
    accuracy = _first_of_all(tuple(rows.ACCURACIES), done)
    cost = _first_of_all(_COSTS, done)
    counted = [row for row in done if _counts(row)]
    limit, source = _limit(counted, reference, cost)
    whole = _front(counted, cost, accuracy, limit)
    for row in found:
        row["on_front"] = row["point"] in whole["front"]
    return {
        "schema": "ednas-pareto/1",
        "accuracy": accuracy,
        "artifact": rows.ACCURACIES[accuracy],
        "cost": cost,
        "reference_point": {cost: limit, "accuracy": 0, "source": source},
        **whole,
        "memory_budgets": _by_budget(counted, cost, accuracy, limit),
        "reference": reference,
        "rows": found,
        "versions": versions.installed(),
    }


def write(folder):
    """Writes `pareto.json` and `pareto.csv`, and returns what they hold.

    Args:
        folder: Folder of the sweep.
    """
    content = collect(folder)
    run = runs.Run(folder)
    run.write_json(runs.PARETO, content)
    run.write_rows(runs.PARETO_TABLE, content["rows"])
    return content


def _counts(row):
    return row["point"] != rows.REFERENCE and row["within_budget"] is not False


def _first_of_all(names, done):
    """Returns the first column that every row has a figure in."""
    full = [n for n in names if all(row[n] is not None for row in done)]
    return [*full, names[-1]][0]


def _limit(counted, reference, cost):
    """Returns the cost at which the hypervolume ends, and whose it is."""
    if reference is not None and reference[cost] is not None:
        return reference[cost], "the reference network"
    known = [row[cost] for row in counted if row[cost] is not None]
    return max(known, default=None), "the largest cost found"


def _front(counted, cost, accuracy, limit):
    """Returns the front of rows and its size."""
    usable = [r for r in counted if None not in (r[cost], r[accuracy])]
    pairs = [(row[cost], row[accuracy]) for row in usable]
    area = fronts.hypervolume(pairs, limit) if pairs else 0.0
    return {
        "front": [usable[place]["point"] for place in fronts.front(pairs)],
        "hypervolume": area,
        "hypervolume_share": area / limit if limit else 0.0,
    }


def _by_budget(counted, cost, accuracy, limit):
    """Returns the front and the spread of each memory budget."""
    budgets = dict.fromkeys(row["memory_budget_bytes"] for row in counted)
    found = []
    for budget in budgets:
        group = [r for r in counted if r["memory_budget_bytes"] == budget]
        found.append(
            {
                "memory_budget_bytes": budget,
                "memory_percent": group[0]["memory_percent"],
                "points": [row["point"] for row in group],
                **_front(group, cost, accuracy, limit),
                "spread": _spread(group, accuracy),
            }
        )
    return found


def _spread(group, accuracy):
    """Returns the largest share of costs, and difference of accuracies."""
    spread = {}
    for name in _SPREAD:
        known = [row[name] for row in group if row[name]]
        spread[name] = max(known) / min(known) if known else None
    known = [row[accuracy] for row in group if row[accuracy] is not None]
    spread["accuracy"] = max(known) - min(known) if known else None
    return spread
