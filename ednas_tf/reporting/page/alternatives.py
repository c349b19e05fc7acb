"""The run among others: of its sweep, and of its search space."""

import dataclasses

from ednas_tf.reporting import forms
from ednas_tf.reporting.page import formats, scatter

_DONE = "done"
_REFERENCE = "reference"


@dataclasses.dataclass(frozen=True)
class Span:
    """Where a cost lies between the smallest and the largest possible one.

    Attributes:
        name: What the cost is.
        value, low, high: Cost found, smallest and largest, in words.
        place: Share of the way from the smallest to the largest.
        budget: Share of the way at which the budget lies; None without one.
    """

    name: str
    value: str
    low: str
    high: str
    place: float
    budget: float | None = None


def of_space(record):
    """Returns the `Span` of each cost of the network that was found."""
    search = record.search or {}
    smallest, largest = search.get("smallest", {}), search.get("largest", {})
    found = []
    for name, value in record.costs_found.items():
        low, high = smallest.get(name), largest.get(name)
        if not all(map(forms.finite, (value, low, high))) or not low < high > 0:
            continue
        budget = record.budgets.get(name, {}).get("budget")
        found.append(
            Span(
                formats.word(name),
                *(formats.alike(v, name, high, 4) for v in (value, low, high)),
                _share(value, low, high),
                None if budget is None else _share(budget, low, high),
            )
        )
    return found


def of_sweep(record):
    """Returns the chart of the sweep that a run is a point of, or None."""
    sweep = record.sweep
    if sweep is None:
        return None
    cost, accuracy = sweep.get("cost"), sweep.get("accuracy")
    points = [
        _point(row, cost, accuracy, record, sweep.get("front", ()))
        for row in sweep_rows(record)
        if forms.finite(row.get(accuracy))
    ]
    if not points:
        return None
    budget = record.budgets.get(cost, {}).get("budget")
    artifact = sweep.get("artifact", "")
    quality = formats.word(record.headline)
    return scatter.scatter(
        points,
        cost,
        f"{quality} of {artifact}",
        f"{quality} against {formats.word(cost).lower()} of the points of the "
        "sweep",
        budget=budget,
    )


def sweep_rows(record):
    """Returns the rows of the points of the sweep, cheap ones first."""
    sweep = record.sweep or {}
    cost = sweep.get("cost")
    known = [
        row
        for row in sweep.get("rows", ())
        if row.get("status") == _DONE
        and row.get("point")
        and forms.finite(row.get(cost))
    ]
    return sorted(known, key=lambda row: row[cost])


def _point(row, cost, accuracy, record, front):
    name = row["point"]
    here = name == record.name
    kind = "front" if name in front else "other"
    kind = "out" if row.get("within_budget") is False else kind
    label = "this run" if here else ""
    label = label or (name if name == _REFERENCE else "")
    return scatter.Point(name, row[cost], row[accuracy], label, kind, here)


def _share(value, low, high):
    return min(1.0, max(0.0, (value - low) / (high - low)))
