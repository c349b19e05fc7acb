"""Writes what a comparison found: tables, pictures and a page."""

import dataclasses
import pathlib

from ednas_tf import runs
from ednas_tf.runs import store
from tools.comparison import (
    figures,
    markdown,
    page,
    ranking,
    rows,
    summary,
)

_ROWS = "comparison.csv"
_SUMMARY = "summary.csv"
_PAGE = "comparison.html"
_TABLES = "comparison.md"
_RANKED = "ranking.csv"
_RANKING = "ranking.md"
_HEADINGS = {
    "accuracy": "accuracy",
    "loss": "loss",
    "recalibrated_accuracy": "accuracy, statistics anew",
    "recalibrated_loss": "loss, statistics anew",
}


def write(known, protocol, command, folder):
    """Writes all of it, and returns the paths.

    Args:
        known: `Row` values; the comparison may be half done.
        protocol: The whole `Protocol`.
        command: The command that makes it all again.
        folder: Folder to write into.
    """
    folder = _made(folder)
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


def write_ranking(ranked, folder):
    """Writes what supernets said of networks, and returns the paths.

    Args:
        ranked: `ranking.Ranked` values.
        folder: Folder to write into.
    """
    folder = store.Store(_made(folder))
    folder.write_rows(_RANKED, [dataclasses.asdict(each) for each in ranked])
    folder.write_text(_RANKING, ranking_table(ranked))
    return [folder.path(_RANKED), folder.path(_RANKING)]


def _made(folder):
    """Returns the path of a folder that is there."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ranking_table(ranked):
    """Returns rank correlations as a Markdown table.

    Args:
        ranked: `ranking.Ranked` values.
    """
    headings = [_HEADINGS[measure] for measure in ranking.MEASURES]
    lines = [
        f"| supernet of | {' | '.join(headings)} |",
        f"|---|{'--:|' * len(headings)}",
    ]
    for variant, found in ranking.correlations(ranked).items():
        cells = [_told(found[measure]) for measure in ranking.MEASURES]
        lines.append(f"| {variant} | {' | '.join(cells)} |")
    sizes = ranking.by_size(ranked)
    count = len({each.operations for each in ranked})
    note = (
        f"Spearman's rank correlation with the accuracy of {count} random "
        "networks, each trained alone once, and its 95 % interval (bootstrap "
        "over networks). Without a supernet, by counted latency: "
        f"{_told(sizes['latency_us'])}; by MACs: {_told(sizes['macs'])}."
    )
    return "\n".join([*lines, "", note]) + "\n"


def _told(found):
    """Returns a correlation with its interval."""
    told, low, high = (f"{value:.2f}".replace("-", "−") for value in found)
    return f"{told} ({low} to {high})"
