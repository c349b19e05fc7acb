"""One point of a sweep: a search in a process of its own, and its outcome."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import time

from ednas_tf import errors, runs
from ednas_tf.reporting import rows
from ednas_tf.untrusted import json_text

_STATUS = {0: rows.DONE, errors.BudgetError.exit_code: rows.INFEASIBLE}
_INTERRUPTED = (130, 143, -2, -15)
"""Exit codes of a search that was told to stop, and the signals themselves."""
_WRITTEN = (
    runs.ARCHITECTURE,
    runs.SEARCH,
    runs.MODEL,
    runs.TRAIN,
    runs.EXPORT,
    runs.METRICS,
)
_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 8.0
"""A point ends by itself within `interruption.SECONDS`."""
_TOLD_BYTES = 20_000
_TOLD_LETTERS = 300


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a point ended.

    Attributes:
        name: Name of the point.
        status: `done`, `infeasible` (nothing fits its budgets), `failed`, or
            `unfinished`: told to stop, or killed with the sweep.
        exit_code: That of its process, None before its end.
        error: Last line of its error, empty without one.
        seconds: Time that its processes took, broken ones included.
    """

    name: str
    status: str
    exit_code: int | None = None
    error: str = ""
    seconds: float = 0.0


def recorded(point):
    """Returns the `Outcome` that the point's folder tells of.

    Args:
        point: The `Point`.
    """
    path = pathlib.Path(point.folder, runs.POINT)
    try:
        values = json_text.mapping(runs.read_text(path))
        names = {field.name for field in dataclasses.fields(Outcome)}
        found = Outcome(**{name: values[name] for name in names})
        seconds = round(max(float(found.seconds), 0.0), 1)
        return dataclasses.replace(found, name=point.name, seconds=seconds)
    except (errors.UserError, ValueError, TypeError, LookupError):
        return Outcome(point.name, rows.UNFINISHED)


def is_finished(point, written=_WRITTEN):
    """Whether nothing is left to do: all files are there, or none can be.

    Args:
        point: The `Point`.
        written: Names of the files that its run leaves.
    """
    known = recorded(point)
    if known.status == rows.DONE:
        folder = pathlib.Path(point.folder)
        return all((folder / name).exists() for name in written)
    return known.status == rows.INFEASIBLE


def run_point(point, threads=None, stop=None, inherited=()):
    """Runs a point, or what is left of it, and returns its `Outcome`.

    Args:
        point: The `Point`.
        threads: Threads of its process; all cores by default.
        stop: An `Event` that ends its process, or None.
        inherited: Numbers of open files that its process keeps open.
    """
    before = recorded(point).seconds
    outcome = Outcome(point.name, rows.UNFINISHED, seconds=before)
    began = time.monotonic()
    try:
        runs.Run(point.folder).write_text(runs.POINT_FLAGS, point.flag_lines)
        record(point, outcome)
        code, told = _execute(point, threads, stop, inherited)
        if code in _INTERRUPTED:
            status = rows.UNFINISHED
        else:
            status = _STATUS.get(code, rows.FAILED)
        if status == rows.FAILED:
            told = _room(point) or told
        told = "" if code == 0 else told
        seconds = round(before + time.monotonic() - began, 1)
        outcome = Outcome(point.name, status, code, told, seconds)
        record(point, outcome)
        return outcome
    except (errors.UserError, OSError) as error:
        told = errors.first_line(error)
        return dataclasses.replace(outcome, status=rows.FAILED, error=told)


def record(point, outcome):
    """Writes what the reports read.

    Args:
        point: The `Point`.
        outcome: Its `Outcome`.
    """
    run = runs.Run(point.folder)
    values = {**dataclasses.asdict(outcome), "values": point.values}
    run.write_json(runs.POINT, {"schema": "ednas-point/1", **values})


def _execute(point, threads, stop, inherited):
    """Returns the exit code of a point's process and its last line."""
    run = runs.Run(point.folder)
    path = run.path(runs.POINT_LOG)
    with run.opened(runs.POINT_LOG) as log:
        start = log.tell()
        process = subprocess.Popen(
            [sys.executable, *point.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(threads),
            pass_fds=inherited,
        )
        try:
            code = _wait(process, stop)
        # Also what ends a thread or a task of Ray: its process goes with it.
        except BaseException:
            _end(process)
            raise
    return code, _last_line(path, start, code)


def _room(point):
    """Returns what is wrong with the disk, which a log there may not tell."""
    try:
        runs.check_space(point.folder, 0)
    except errors.UserError as error:
        return str(error)
    return ""


def _wait(process, stop):
    """Returns the exit code, of a process told to stop too."""
    while stop is None or not stop.is_set():
        try:
            return process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return _end(process)


def _end(process):
    """Tells a process to stop, and makes it; returns its exit code."""
    process.terminate()
    try:
        return process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _environment(threads):
    """Returns the variables of a process that has so many threads."""
    if threads is None:
        return None
    names = (
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "OMP_NUM_THREADS",
    )
    return {**os.environ, **dict.fromkeys(names, str(threads))}


def _last_line(path, start, code):
    """Returns the last error in a log from a place on, else its last line."""
    with open(path, "rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(start, size - _TOLD_BYTES))
        text = log.read().decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("error:")] or lines
    if code < 0:
        told = [*told, f"killed by signal {-code}"]
    last = told[-1] if told else f"exit code {code}, nothing told"
    return last.removeprefix("error:").strip()[:_TOLD_LETTERS]
