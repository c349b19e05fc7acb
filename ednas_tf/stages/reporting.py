"""The report: a page of one run, or of several compared, and a model card."""

import glob
import pathlib
import re

from ednas_tf import errors, runs
from ednas_tf.reporting import card, comparison, page, records
from ednas_tf.untrusted import json_text

_PATTERN = re.compile(r"[*?\[]")
_MARK = '<meta name="generator" content="ednas_tf">'
"""What every page of ours says of itself, near its beginning."""


def run_stage(config, run):
    """Writes the page and the card of a run; those that were there go.

    Args:
        config: The `Config`.
        run: The `Run`.
    """
    _write_one(records.read(run.folder), run, config.run.overwrite)


def run(config, folder):
    """Writes the page of one folder, or of all that `--runs` names.

    Args:
        config: The `Config`.
        folder: Folder to write into, and to read without `--runs`.

    Raises:
        UserError: If there is nothing to read, or other work would be lost.
    """
    folder = pathlib.Path(folder).expanduser()
    named = config.report.runs
    if named and config.run.workdir is None:
        raise errors.UserError(
            "Expected --workdir beside --runs: the folder that the page goes "
            "into. Received: --runs alone."
        )
    found = _found(named) if named else _of(folder)
    several = len(found) > 1 or found[0].resolve() != folder.resolve()
    single = len(found) == 1 and not _is_sweep(folder)
    _check_free(folder, several, config.run.overwrite)
    known = [records.read(each) for each in found]
    if config.run.dry_run:
        print("\n".join(_described(known, folder, single)))
    elif single:
        _write_one(known[0], runs.Run(folder), config.run.overwrite)
    else:
        target = runs.Run(folder)
        comparison.write(known, target)
        print(f"report: {len(known)} runs, {target.path(runs.REPORT)}")


def _write_one(record, target, overwrite):
    page.write_run(record, target)
    print(f"report: {target.path(runs.REPORT)}")
    path = target.path(runs.CARD)
    if card.write(record, target, overwrite):
        print(f"report: {path}")
    else:
        print(f"report: {path} was edited and stays; --overwrite renews it")


def _described(known, folder, single):
    """Yields what would be read and written."""
    for record in known:
        yield f"read       {record.folder}"
    yield f"write      {folder / runs.REPORT}"
    if single:
        yield f"write      {folder / runs.CARD}"


def _found(names):
    """Returns the run folders that `--runs` stands for, each once."""
    found = {}
    for name in names:
        for folder in _matching(name):
            found |= {each.resolve(): each for each in _of(folder)}
    return list(found.values())


def _matching(name):
    """Returns the folders that a name or a pattern stands for."""
    path = pathlib.Path(name.strip()).expanduser()
    if path.exists() or not _PATTERN.search(str(path)):
        return [path]
    folders = [pathlib.Path(text) for text in glob.glob(str(path))]
    folders = [each for each in folders if _is_run(each) or _is_sweep(each)]
    if not folders:
        raise errors.UserError(
            f"Expected run folders for --runs={name}. Found: none."
        )
    return sorted(folders, key=_natural)


def _of(folder):
    """Returns a run folder, or those of the points of a sweep."""
    if not _is_sweep(folder):
        return [folder]
    points = [each for each in _points(folder) if _is_run(each)]
    if not points:
        raise errors.UserError(
            f"Expected points with results in the sweep {folder}. Found: none; "
            "the sweep's own command goes on."
        )
    return points


def _points(folder):
    """Returns the points of a sweep in the order of its table."""
    points = sorted((folder / runs.POINTS).iterdir(), key=_natural)
    try:
        content = json_text.mapping(runs.read_text(folder / runs.PARETO))
        order = [row["point"] for row in content["rows"]]
    except (errors.UserError, ValueError, LookupError, TypeError):
        # Not there yet; what is broken is told when the points are read.
        return points
    known = {name: place for place, name in enumerate(order)}
    return sorted(points, key=lambda path: known.get(path.name, len(known)))


def _is_sweep(folder):
    return (folder / runs.POINTS).is_dir()


def _is_run(folder):
    """Whether a folder has what a search or a training leaves."""
    names = (runs.ARCHITECTURE, runs.MODEL, runs.HISTORY, runs.TRAIN_HISTORY)
    return any((folder / name).exists() for name in names)


def _natural(path):
    """Sorts run10 after run9."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(p), "") if p.isdigit() else (-1, p) for p in parts]


def _check_free(folder, several, overwrite):
    """Raises `UserError` if the page would replace another's work."""
    if several and _is_run(folder):
        raise errors.UserError(
            f"Expected a --workdir of its own for a comparison. Received: "
            f"{folder}, a run folder, whose own report would be lost."
        )
    path = folder / runs.REPORT
    if overwrite or not path.exists():
        return
    if _MARK not in runs.read_text(path)[:2000]:
        raise errors.UserError(
            f"{path} is not a report of ours. Choose another --workdir, or "
            "--overwrite."
        )
