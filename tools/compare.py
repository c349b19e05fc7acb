"""Compares ways to find a network within a budget, as a protocol says.

Every contestant has the same data, training, budgets and counted costs. The
same command goes on where it was stopped; a network that several contestants
find is trained once, also by another protocol in the same folder.

Examples:
  python tools/compare.py --data_dir=DIR
  python tools/compare.py --data_dir=DIR --seeds=0 --contestants=two_paths,dw3
  python tools/compare.py --protocol=mine.toml --workdir=runs/mine --jobs=4
  python tools/compare.py --rows=one.csv,other.csv --part=report
"""

import os
import pathlib
import sys

from absl import app, flags

# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from ednas_tf import errors
from tools.comparison import jobs as doing
from tools.comparison import protocol as protocols
from tools.comparison import ranking, report, rows, running

_HERE = pathlib.Path(__file__).resolve().parent
_PROTOCOL = flags.DEFINE_string(
    "protocol", str(_HERE / "comparison" / "cifar10.toml"), "What to run."
)
_WORKDIR = flags.DEFINE_string(
    "workdir", "runs/compare", "Folder of jobs and results."
)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder of prepared TFDS data."
)
_JOBS = flags.DEFINE_integer(
    "jobs", os.cpu_count(), "Processes at once; they share the cores.", 1
)
_SEEDS = flags.DEFINE_list("seeds", None, "Only these seeds.")
_CONTESTANTS = flags.DEFINE_list("contestants", None, "Only these.")
_PART = flags.DEFINE_enum(
    "part",
    "all",
    ["all", "networks", "ranking", "report"],
    "Contestants' networks, how well supernets rank networks, or both; or "
    "run nothing and report on --rows.",
)
_TARGETS = flags.DEFINE_list("targets", None, "Only these.")
_ROWS = flags.DEFINE_list(
    "rows",
    None,
    "Files comparison.csv, as of other machines: what has a row in them is "
    "not run again.",
)


def main(argv):
    """Runs what is left of a protocol, and reports; returns the exit code."""
    try:
        if len(argv) > 1:
            raise errors.UserError(f"Expected flags only. Received: {argv[1:]}")
        return _run(protocols.read(_PROTOCOL.value))
    except errors.UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on.", file=sys.stderr)
        return 130


def _run(protocol):
    chosen = protocols.only(
        protocol,
        seeds=_SEEDS.value,
        contestants=_CONTESTANTS.value,
        targets=_TARGETS.value,
    )
    if _PART.value == "ranking" and chosen.ranking is None:
        raise errors.UserError(
            f"Expected a ranking in {_PROTOCOL.value}, of one of its targets "
            "that are run. Received none."
        )
    stem = pathlib.Path(_PROTOCOL.value).stem
    name = stem if chosen == protocol else f"{stem}-part"
    folder = pathlib.Path(_WORKDIR.value, name)
    found = [row for path in _ROWS.value or () for row in rows.read(path)]
    known = rows.check(row for row in found if protocols.holds(chosen, row))
    if _PART.value != "report":
        return _compared(chosen, known, folder)
    _tell(report.write(known, chosen, _command(), folder))
    return 0


def _compared(chosen, before, folder):
    """Runs what is left of the chosen part; returns the exit code.

    Args:
        chosen: The `Protocol`.
        before: `Row` values that are known.
        folder: Folder of the reports.
    """
    jobs = doing.Jobs(pathlib.Path(_WORKDIR.value, "jobs"), _JOBS.value)
    failed = []
    try:
        comparison = running.Comparison(chosen, jobs, _data_flags(), before)
        levels = _levels(comparison)
        if _PART.value != "ranking":
            known, failed = _units(comparison, levels)
            timed = comparison.timed(list(known.items()))
            _tell(report.write(timed, chosen, _command(), folder))
        if _PART.value != "networks" and chosen.ranking is not None:
            ranked = ranking.run(comparison, levels, _JOBS.value)
            _tell(report.write_ranking(ranked, folder))
    finally:
        jobs.close()
    if len(jobs.codes) > 1:
        print(
            f"compare: caution: {len(jobs.codes)} versions of the code made "
            "these results; a new --workdir has those of one."
        )
    for told in failed:
        print(f"error: {told}", file=sys.stderr)
    return 1 if failed else 0


def _data_flags():
    if not _DATA_DIR.value:
        return []
    data = pathlib.Path(_DATA_DIR.value).expanduser().resolve()
    return [f"--data_dir={data}"]


def _command():
    return " ".join(["python", "tools/compare.py", *sys.argv[1:]])


def _tell(paths):
    for path in paths:
        print(f"compare: {path}", flush=True)


def _levels(comparison):
    """Returns the budgets, and tells them."""
    levels = comparison.levels()
    for level in levels:
        print(
            f"compare: {level.target.name}, budget {level.number}: "
            f"{level.budget_us:,.1f} us",
            flush=True,
        )
    return levels


def _units(comparison, levels):
    """Returns the row of each unit that ended well, and what failed."""
    units = comparison.units(levels)
    comparison.prepare(units)
    known, none_fits, failed = {}, [], []

    def on_end(unit, result):
        if isinstance(result, errors.BudgetError):
            none_fits.append(unit)
            told = f"none: {result}"
        elif isinstance(result, errors.UserError):
            failed.append(f"{unit}: {result}")
            told = f"failed: {result}"
        else:
            known[unit] = result
            told = (
                f"{result.operations} {result.channels}".strip()
                + f", {result.file_us:,.1f} us, int8 {result.accuracy_int8:.2%}"
            )
        done = len(known) + len(none_fits) + len(failed)
        print(f"compare: {unit}: {told} ({done}/{len(units)})", flush=True)

    comparison.run(units, _JOBS.value, on_end)
    return {unit: known[unit] for unit in units if unit in known}, failed


if __name__ == "__main__":
    app.run(main)
