"""Writes what a comparison found: tables, pictures and a page."""

import pathlib

from ednas_tf import runs
from tools.comparison import figures, markdown, page, rows, summary

_ROWS = "comparison.csv"
_SUMMARY = "summary.csv"
_PAGE = "comparison.html"
_TABLES = "comparison.md"


def write(known, protocol, command, folder):
    """Writes all of it, and returns the paths.

    Args:
        known: `Row` values; the comparison may be half done.
        protocol: The whole `Protocol`.
        command: The command that makes it all again.
        folder: Folder to write into.
    """
    folder = pathlib.Path(folder)
    told = summary.ProtocolSummary(
        labels=protocol.labels,
        fixed=protocol.fixed,
        reference=protocol.contestants[0].id,
        title=protocol.title,
        description=" ".join(protocol.description.split()),
        command=command,
    )
    rows.write(known, folder / _ROWS)
    summary.write_csv(known, told, folder / _SUMMARY)
    pictures = figures.write(known, told, folder)
    page.write(known, told, folder / _PAGE)
    parts = (markdown.table, markdown.note, markdown.details)
    text = "\n\n".join(part(known, told) for part in parts)
    runs.write_text(folder / _TABLES, f"{text}\n")
    names = (_ROWS, _SUMMARY, _PAGE, _TABLES, *pictures)
    return [folder / name for name in names]
