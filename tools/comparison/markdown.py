"""A comparison as Markdown, for the README and for issues."""

import markupsafe

from ednas_tf.reporting.card import markdown
from tools.comparison import overview, summary, tables


def table(rows, protocol):
    """Returns the one table for the README; `note` says how to read it.

    Args:
        rows: `rows.Row` values.
        protocol: `summary.ProtocolSummary`.
    """
    return _table(overview.table(summary.compare(rows, protocol))) + "\n"


def note(rows, protocol):
    """Returns the sentences that belong below `table`, as one paragraph."""
    comparison = summary.compare(rows, protocol)
    return f"{markdown.text(overview.note(comparison))}\n"


def details(rows, protocol):
    """Returns float accuracies, costs and the paired tests of all cells.

    Args:
        rows: `rows.Row` values.
        protocol: `summary.ProtocolSummary`.
    """
    comparison = summary.compare(rows, protocol)
    shown = (
        tables.accuracy(comparison, "accuracy"),
        *tables.pooled_tests(comparison),
        *tables.pooled_tests(comparison, "accuracy"),
        *tables.budget_tests(comparison),
        tables.costs(comparison),
    )
    parts = [f"{markdown.text(t.caption)}\n\n{_table(t)}" for t in shown]
    best = overview.winners(comparison)
    if best:
        parts.append(markdown.text(best))
    return "\n\n".join(parts) + "\n"


def _table(shown):
    """Returns a `tables.Table` as Markdown, without its caption."""
    header = [
        name if column < shown.words else f">{name}"
        for column, name in enumerate(shown.header)
    ]
    rows = [
        [_cell(shown, row, column) for column in range(len(cells))]
        for row, cells in enumerate(shown.rows)
    ]
    return str(markdown.table(header, rows))


def _cell(shown, row, column):
    text = shown.rows[row][column]
    if (row, column) in shown.strong:
        return markupsafe.Markup("**{}**").format(markdown.text(text))
    return text
