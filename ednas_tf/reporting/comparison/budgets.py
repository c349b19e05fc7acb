"""What a sweep found: its budgets, its front and how large that is."""

from ednas_tf.reporting.comparison import shown
from ednas_tf.reporting.page import formats
from ednas_tf.reporting.page.rendering import Section
from ednas_tf.reporting.rows import DONE

_NEEDED = {"cost", "artifact", "front"}
"""Keys of `pareto.json` that a section cannot do without."""


def sections(comparison):
    """Yields a `Section` for each sweep that runs of a comparison come from.

    Args:
        comparison: A `Comparison`.
    """
    found = {}
    for entry in comparison.entries:
        if _NEEDED.issubset(entry.record.sweep or {}):
            folder = entry.record.folder.resolve().parents[1]
            found.setdefault(folder, []).append(entry)
    for place, (folder, entries) in enumerate(found.items()):
        title = "Sweep" if len(found) == 1 else f"Sweep {folder.name}"
        values = _values(entries[0].record.sweep, entries)
        yield Section(f"sweep{place}", title, "comparison_sweep.html", values)


def _values(sweep, entries):
    """Returns what the section of one sweep shows."""
    numbers = {entry.record.name: entry.number for entry in entries}
    rows = sweep.get("rows", [])
    costs = [row.get(sweep["cost"]) for row in rows]
    cost = shown.column(sweep["cost"], costs, "accuracy")
    limit = sweep.get("reference_point", {})
    return {
        "share": sweep.get("hypervolume_share"),
        "limit": cost.text(limit.get(cost.name)) + f" {cost.unit}",
        "source": limit.get("source"),
        "cost": cost,
        "quality": f"Accuracy of {sweep['artifact']}",
        "front": _told(sweep["front"], numbers),
        "budgets": [
            _budget(group, numbers, cost)
            for group in sweep.get("memory_budgets", [])
        ],
        "others": [
            (row.get("point"), row.get("status"), row.get("error"))
            for row in rows
            if row.get("status") != DONE
        ],
    }


def _budget(group, numbers, cost):
    """Returns the row of one memory budget."""
    spread = group.get("spread", {})
    size = group.get("memory_budget_bytes")
    return {
        "size": formats.quantity(size, "memory_bytes"),
        "percent": group.get("memory_percent"),
        "points": _told(group.get("points", []), numbers),
        "front": _told(group.get("front", []), numbers),
        "share": group.get("hypervolume_share"),
        "ratio": spread.get(cost.name),
        "range": spread.get("accuracy"),
    }


def _told(names, numbers):
    """Returns the numbers of points, or their names where they have none."""
    return [numbers.get(name, name) for name in names]
