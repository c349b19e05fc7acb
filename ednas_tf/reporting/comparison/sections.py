"""What the page of several runs shows, section by section."""

import os
import urllib.parse

from ednas_tf import runs
from ednas_tf.reporting.comparison import (
    budgets,
    choices,
    figures,
    scatter,
    settings,
    shown,
    strips,
)
from ednas_tf.reporting.page import formats
from ednas_tf.reporting.page.rendering import Section

_STRIPS = (*figures.QUALITIES, *figures.COSTS[:4])
_DEEPEST = 45
"""Percent of the full colour below which black letters are read well."""
_MET = {
    True: ("met", "good"),
    False: ("not met", "bad"),
    None: (formats.NONE, ""),
}


def of(comparison, folder):
    """Returns the `Section` values of a page.

    Args:
        comparison: A `Comparison`.
        folder: Folder of the page, which links start from.
    """
    columns = shown.columns(comparison)
    found = [
        _runs(comparison, folder),
        _figures(comparison, columns),
        _front(comparison, columns),
        _networks(comparison),
        _seeds(comparison, columns),
        *budgets.sections(comparison),
        Section(
            "notes",
            "How to read these figures",
            "comparison_notes.html",
            _notes(comparison),
        ),
    ]
    return [section for section in found if section is not None]


def _runs(comparison, folder):
    rows = [
        {
            "entry": entry,
            "href": _link(entry.record, folder),
            "flags": [
                shown.setting(settings.value(entry.record, name))
                for name in comparison.flags
            ],
        }
        for entry in comparison.entries
    ]
    values = {
        "flags": comparison.flags,
        "name_width": _name_width(comparison),
        "rows": rows,
        "networks": any(entry.network for entry in comparison.entries),
    }
    return Section("runs", "What differs", "comparison_runs.html", values)


def _name_width(comparison):
    """Returns how wide the names of runs are at least, in letters."""
    longest = max(len(entry.label) for entry in comparison.entries)
    return round(min(10, 0.7 * longest), 1)


def _link(record, folder):
    """Returns where the page of a run is, from a folder; None without one."""
    path = record.path(runs.REPORT)
    if not path.exists():
        return None
    return urllib.parse.quote(os.path.relpath(path, folder))


def _figures(comparison, columns):
    best = {
        name: max(known)
        for name in figures.QUALITIES
        if comparison.comparable and (known := _known(comparison, name))
    }
    rows = [
        {
            "entry": entry,
            "cells": [
                (
                    column.text(entry.figures[name]),
                    name in best and entry.figures[name] == best[name],
                )
                for name, column in columns.items()
            ],
            "met": _MET[entry.met],
            "front": entry in comparison.front,
        }
        for entry in comparison.entries
    ]
    cost = columns.get(comparison.cost)
    values = {
        "columns": columns.values(),
        "rows": rows,
        "name_width": _name_width(comparison),
        "front": cost.inner if cost and comparison.front else None,
    }
    return Section("figures", "Figures", "comparison_figures.html", values)


def _networks(comparison):
    """Returns the section of all networks, None where nothing was chosen."""
    networks = [entry.record.architecture for entry in comparison.entries]
    names, rows = choices.table(networks)
    if not names:
        return None
    values = {
        "names": names,
        "rows": [*zip(comparison.entries, rows, strict=True)],
        "channels": any(isinstance(c, int) for row in rows for c in row),
        "shades": _shades(rows),
    }
    return Section(
        "networks",
        "Networks side by side",
        "comparison_networks.html",
        values,
    )


def _shades(rows):
    """Returns how deep the colour of each operation is, in percent."""
    names = {c for row in rows for c in row if isinstance(c, str)}
    ranked = sorted(names, key=choices.by_size)
    return {
        name: round(_DEEPEST * place / max(1, len(ranked) - 1))
        for place, name in enumerate(ranked)
    }


def _known(comparison, name):
    found = [entry.figures[name] for entry in comparison.entries]
    return [value for value in found if value is not None]


def _front(comparison, columns):
    drawing = scatter.draw(comparison, columns)
    if drawing is None:
        return None
    quality, cost = columns[comparison.quality], columns[comparison.cost]
    values = {
        "drawing": drawing,
        "quality": quality,
        "cost": cost,
        "front": [entry.number for entry in comparison.front],
        "missing": len(comparison.entries) - len(comparison.drawn),
        "over": any(entry.met is False for entry in comparison.drawn),
        "reference": [e.number for e in comparison.drawn if e.is_reference],
        "comparable": comparison.comparable,
    }
    title = f"Accuracy against {cost.inner}"
    return Section("front", title, "comparison_front.html", values)


def _seeds(comparison, columns):
    if not comparison.groups:
        return None
    drawn = [columns[name] for name in _STRIPS if name in columns]
    values = {
        "groups": [
            {
                "group": group,
                "settings": [
                    (name, shown.setting(value))
                    for name, value in group.settings.items()
                ],
                "numbers": [entry.number for entry in group.entries],
                "seeds": [entry.record.seed for entry in group.entries],
                "operations": _shaded(group.operations),
            }
            for group in comparison.groups
        ],
        "columns": drawn,
        "strips": [
            (column, drawing)
            for column in drawn
            if (drawing := strips.draw(comparison.groups, column))
        ],
    }
    return Section(
        "seeds", "Spread over seeds", "comparison_seeds.html", values
    )


def _shaded(operations):
    """Returns the counts of each slot with the depth of their colour."""
    return {
        slot: {
            name: (count, round(count / max(1, sum(counts.values())), 3))
            for name, count in counts.items()
        }
        for slot, counts in operations.items()
    }


def _notes(comparison):
    statuses = dict.fromkeys(
        entry.record.search["status"]
        for entry in comparison.entries
        if entry.record.search and entry.record.search.get("status")
    )
    return {
        "statuses": list(statuses),
        "comparable": comparison.comparable,
        "unmeasured": [
            entry.number
            for entry in comparison.entries
            if not entry.record.headlines
        ],
        "examples": sorted(
            {
                row["examples"]
                for entry in comparison.entries
                for row in entry.record.measured.values()
                if row.get("examples")
            }
        ),
        "seeds": bool(comparison.groups),
    }
