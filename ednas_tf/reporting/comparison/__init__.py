"""The page of several runs: what differs, and what it came to."""

import datetime

from ednas_tf import runs
from ednas_tf.reporting.comparison import entries, sections, shown
from ednas_tf.reporting.page import rendering


def write(records, run):
    """Writes the page that compares runs.

    Args:
        records: The `Record` of each, in the order to show them in.
        run: The `Run` to write into.
    """
    run.write_text(runs.REPORT, text(records, run.folder))


def text(records, folder):
    """Returns the page as text.

    Args:
        records: The `Record` of each run.
        folder: Folder that the page will be in.
    """
    comparison = entries.compare(records)
    return rendering.page(
        f"Comparison of {len(records)} runs",
        sections.of(comparison, folder),
        template="comparison.html",
        **_head(comparison),
    )


def _head(comparison):
    """Returns what stands above the sections."""
    columns = shown.columns(comparison)
    found = comparison.entries
    written = [e.record.written for e in found if e.record.written]
    limited = [entry for entry in found if entry.met is not None]
    return {
        "datasets": _different(entry.record.dataset for entry in found),
        "targets": _different(entry.record.target for entry in found),
        "written": max(written, default=datetime.datetime.now()),
        "best": comparison.best,
        "columns": columns,
        "comparison": comparison,
        "limited": len(limited),
        "met": sum(entry.met for entry in limited),
    }


def _different(names):
    return list(dict.fromkeys(str(name) for name in names if name))
