"""What a reader asks first: whether it is good enough, and whether it fits."""

import dataclasses

from ednas_tf import tasks
from ednas_tf.reporting import forms
from ednas_tf.reporting.page import formats

_COSTS = ("latency_us", "energy_uj", "memory_bytes", "peak_ram_bytes", "macs")
_Z = 1.96
"""Of the normal distribution, for 95 %."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure with its budget.

    Attributes:
        name: What it is.
        value: The figure.
        unit: Its unit.
        note: What it was found on.
        budget: The budget in words, or None.
        met: Whether the budget is met; None without one.
        share: Share of the budget that is used; None without one.
    """

    name: str
    value: str
    unit: str = ""
    note: str = ""
    budget: str | None = None
    met: bool | None = None
    share: float | None = None


def figures(record):
    """Returns the `Figure` values of a run, as far as there are any."""
    return [*_qualities(record), *_costs(record)]


def verdict(record):
    """Returns whether the budgets are met.

    Returns:
        Dictionary of `met` (None without budgets) and `text`.
    """
    budgets = record.budgets
    missed = [name for name, row in budgets.items() if not row.get("met")]
    if not budgets:
        asked = "No budget was set" if record.search else ""
        return {"met": None, "text": asked}
    if missed:
        names = ", ".join(formats.word(name).lower() for name in missed)
        count = f"{len(missed)} of {formats.plural(len(budgets), 'budget')}"
        return {"met": False, "text": f"{count} missed: {names}"}
    names = ", ".join(formats.word(name).lower() for name in budgets)
    if len(budgets) == 1:
        return {"met": True, "text": f"The budget is met: {names}"}
    return {"met": True, "text": f"All {len(budgets)} budgets met: {names}"}


def interval(share, count):
    """Returns the 95 % interval of a share that was counted (Wilson, 1927).

    Args:
        share: The share of one.
        count: Number of examples that it was counted on.
    """
    middle = share + _Z**2 / (2 * count)
    spread = share * (1 - share) / count + _Z**2 / (4 * count**2)
    half = _Z * spread**0.5
    whole = 1 + _Z**2 / count
    return (middle - half) / whole, (middle + half) / whole


def uncertainty(record, artifact):
    """Returns the 95 % interval of the accuracy of an artifact in words.

    Only where the headline is a share of examples; else None.
    """
    row = record.measured.get(artifact, {})
    share, count = row.get(record.headline), row.get("examples")
    counted = record.task == tasks.CLASSIFICATION
    known = forms.finite(share) and forms.finite(count)
    if not counted or not known or count < 1 or not 0 <= share <= 1:
        return None
    low, high = interval(share, count)
    return f"{low * 100:.1f} to {high * 100:.1f}{formats.SPACE}%"


def _qualities(record):
    names = dict.fromkeys([record.deployed, record.float_artifact])
    found = []
    for name in names:
        if name is None:
            continue
        row = record.measured[name]
        value, unit = formats.percent(row[record.headline]).split(formats.SPACE)
        count = row.get("examples")
        found.append(
            Figure(
                f"{_headline(record)}, {name}",
                value,
                unit,
                f"on {formats.plural(count, 'test example')}" if count else "",
            )
        )
    return found


def _headline(record):
    return formats.word(record.headline)


def _costs(record):
    found = []
    costs = record.costs_found
    for name in (*_COSTS, *(n for n in costs if n not in _COSTS)):
        value = costs.get(name)
        row = record.budgets.get(name, {})
        if not forms.finite(value):
            continue
        budget = row.get("budget")
        like = value if budget is None else max(value, budget)
        shown, _, unit = formats.quantity(value, name, like).partition(
            formats.SPACE
        )
        note = _note(record, name)
        if budget is None:
            found.append(Figure(formats.word(name), shown, unit, note))
            continue
        told = formats.quantity(budget, name, like)
        share = value / budget if budget > 0 else None
        figure = Figure(formats.word(name), shown, unit, note)
        found.append(
            dataclasses.replace(
                figure, budget=told, met=bool(row.get("met")), share=share
            )
        )
    return found


def _note(record, name):
    if name in ("latency_us", "energy_uj"):
        return f"for {record.target}, {_status(record)}"
    return {
        "memory_bytes": "weights and biases at int8",
        "peak_ram_bytes": "activations at int8",
        "macs": "of one example",
    }.get(name, "")


def _status(record):
    status = (record.search or {}).get("status") or "not measured here"
    return status.split(",")[0]
