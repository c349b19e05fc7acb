"""The page of a comparison: one file, without scripts, that opens offline."""

import base64
import functools
import pathlib

import jinja2

from ednas_tf import runs
from ednas_tf.reporting.page import rendering
from tools.comparison import figures, overview, summary, tables

_FOLDER = pathlib.Path(__file__).parent
_T_TEST = (
    "Runs of both with the same target, budget and seed are compared, and "
    "their differences averaged within each seed. Mean, interval and p are "
    "of a paired t-test over seeds: with three it finds only what is large "
    "and steady, and a large p is no sign of equality. Runs above have the "
    "higher accuracy. All have one training and one test split. Nothing is "
    "corrected for the number of tests."
)


def write(rows, protocol, path):
    """Writes the page, whole or not at all.

    Args:
        rows: `rows.Row` values; the comparison may be half done.
        protocol: `summary.ProtocolSummary`.
        path: File to write.
    """
    runs.write_text(path, text(rows, protocol))


def text(rows, protocol):
    """Returns the page as text.

    Args:
        rows: `rows.Row` values; the comparison may be half done.
        protocol: `summary.ProtocolSummary`.

    Raises:
        UserError: If there are no rows.
    """
    comparison = summary.compare(rows, protocol)
    pictures = {
        name: _picture(draw(rows, protocol))
        for name, draw in (
            ("accuracy", figures.accuracy),
            ("differences", figures.differences),
        )
    }
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=protocol.title,
            protocol=protocol,
            comparison=comparison,
            sections=_sections(comparison, protocol, pictures),
        )
    )


@functools.cache
def _environment():
    """Returns the renderer of reports, which finds our templates too."""
    base = rendering.environment()
    own = jinja2.FileSystemLoader(_FOLDER)
    return base.overlay(loader=jinja2.ChoiceLoader([own, base.loader]))


def _sections(comparison, protocol, pictures):
    """Returns the sections of the page in their order."""
    return [
        _section(
            "accuracy",
            "Accuracy within equal budgets",
            tables.accuracy(comparison),
            tables.accuracy(comparison, "accuracy"),
            figure=pictures["accuracy"],
            legend="Means over seeds of the int8 files, with the standard "
            "deviation; small dots are single random draws. The dotted line "
            f"is the mean of “{tables.label(comparison)}”.",
            note=overview.winners(comparison),
        ),
        _section(
            "differences",
            f"Differences to “{tables.label(comparison)}”",
            *tables.pooled_tests(comparison),
            *tables.pooled_tests(comparison, "accuracy"),
            *tables.budget_tests(comparison),
            figure=pictures["differences"],
            legend="Means over seeds with their 95 % interval; small dots "
            "are runs.",
            note=_T_TEST,
        ),
        _section(
            "costs",
            "CPU time, latency and budgets",
            tables.total_costs(comparison),
            tables.costs(comparison),
        ),
        _section("runs", "Every run", tables.runs(comparison), long=True),
        rendering.Section(
            "again", "How to make it again", "command.html", protocol.command
        ),
    ]


def _section(name, title, *shown, **values):
    """Returns a section of tables below a picture, if it has one."""
    known = {"figure": None, "legend": "", "note": "", "long": False}
    return rendering.Section(
        name, title, "tables.html", {**known, **values, "tables": shown}
    )


def _picture(figure):
    """Returns a figure as a data URI, so that no style of ours reaches it."""
    content = base64.b64encode(figures.svg(figure).encode()).decode()
    return f"data:image/svg+xml;base64,{content}"
