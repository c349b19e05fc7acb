"""Tables of this very machine: each operator timed on its own.

What a network takes is the sum of its operators and, once, the overhead of
calling the interpreter, which every one-operator model has too.
"""

import dataclasses
import datetime
import hashlib
import os
import pathlib
import platform
from importlib import metadata

from absl import logging

from ednas_tf import errors, hardware, runs
from ednas_tf.hardware import checks
from ednas_tf.hardware import table as tables
from ednas_tf.measuring import operator_models, timing
from ednas_tf.spaces import operators

TARGET = "host"
_GROUP = 24
_PART = ".part"
_LEAST_US = 0.01  # What a clock can tell; a table has no operator for nothing.
# The smallest network there is: its time is that of the call.
_EMPTY = operators.Operator("add", 1, 1, 1, 1, 1, 1)
_NOTES = (
    "One-operator models, the median of the fastest fifth of their runs, "
    "without the overhead of the call, which overhead_us holds once for a "
    "network. Weights and inputs are noise."
)


@dataclasses.dataclass(frozen=True)
class Options:
    """How operators are timed.

    Attributes:
        dtype: `int8` or `float32`.
        threads: Threads of the interpreter.
        xnnpack: Whether XNNPACK runs what it can, as it does by default.
        seconds: About how long each operator is timed.
    """

    dtype: str = "int8"
    threads: int = 1
    xnnpack: bool = True
    seconds: float = 0.5

    def __post_init__(self):
        checks.one_of(self.dtype, "dtype to measure", operator_models.FORMATS)
        checks.whole(self.threads, "threads")
        checks.positive(self.seconds, "seconds")


def measure(wanted, options, output=None, done=None, on_progress=None):
    """Measures operators, and goes on where a broken run stopped.

    Args:
        wanted: `Operator` values; the same ones are measured once.
        options: The `Options`.
        output: File of the table, or None to write none. Until all is there,
            what has been measured stands in the same name with `.part`.
        done: A `Table` of this host whose entries need no measuring, or None.
        on_progress: Function of the number of operators that have entries
            and the number of all, or None.

    Returns:
        The `Table` of the wanted operators alone.
    """
    wanted = tuple(dict.fromkeys(wanted))
    part = None if output is None else pathlib.Path(f"{output}{_PART}")
    table = _resumed(part, options, done)
    missing = [row for row in wanted if not _has(table, row)]
    report = on_progress or (lambda count, total: None)
    report(len(wanted) - len(missing), len(wanted))
    for start in range(0, len(missing), _GROUP):
        group = missing[start : start + _GROUP]
        table = _merged(table, _measure_group(group, options))
        if part is not None:
            tables.write(table, part)
        left = len(missing) - start - len(group)
        report(len(wanted) - left, len(wanted))
    table = _only(table, wanted)
    if output is not None:
        tables.write(table, output)
        part.unlink(missing_ok=True)
    return table


def host_table(space, options=None, on_progress=None, further=(), keep=True):
    """Returns the table of this host for a space, measured on first use.

    It is kept in the cache folder by CPU, runtime and options; operators that
    it lacks are measured and added.

    Args:
        space: A `SearchSpace`.
        options: The `Options`; by default int8 on one thread with XNNPACK.
        on_progress: As in `measure`.
        further: `Operator` values that the table has too.
        keep: Whether what is measured goes into the cache folder.
    """
    options = options or Options()
    path = cache_path(options)
    wanted = tuple(dict.fromkeys((*tables.space_operators(space), *further)))
    kept = _read_cache(path, options)
    if kept is not None and all(_has(kept, row) for row in wanted):
        return _only(kept, wanted)
    if not keep:
        return measure(wanted, options, done=kept, on_progress=on_progress)
    _make_folder(path.parent)
    known = () if kept is None else [e.operator for e in kept.entries]
    every = (*known, *wanted)
    table = measure(every, options, path, done=kept, on_progress=on_progress)
    return _only(table, wanted)


def cache_path(options):
    """Returns the file that keeps what was measured with these options."""
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    head, tool = _head(), _tool(options)
    identity = runs.to_json([dataclasses.asdict(v) for v in (head, tool)])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    name = f"host-{options.dtype}-{digest}.json"
    return pathlib.Path(root).expanduser() / "ednas_tf" / name


def cpu_name():
    """Returns the name of this machine's processor."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and value.strip():
            return value.strip()
    return platform.processor() or platform.machine()


def _measure_group(group, options):
    """Returns the table of operators that are timed in turns."""
    rows = (_EMPTY, *group)
    contents = [operator_models.convert(row, options.dtype) for row in rows]
    empty, *timings = timing.time_models(
        contents, options.threads, options.xnnpack, options.seconds
    )
    found = tuple(
        hardware.Entry(
            row,
            options.dtype,
            latency_us=_rounded(taken.latency_us - empty.latency_us),
            latency_std_us=round(taken.std_us, 3),
            runs=taken.runs,
        )
        for row, taken in zip(group, timings, strict=True)
    )
    return hardware.Table(
        target=_head(),
        tool=_tool(options),
        provenance=_provenance(),
        entries=found,
        overhead_us=round(empty.latency_us, 3),
    )


def _rounded(latency_us):
    return max(round(latency_us, 3), _LEAST_US)


def _head():
    return hardware.Device(
        id=TARGET, device=cpu_name(), core=platform.machine(), cores=_cores()
    )


def _cores():
    return os.cpu_count() or 1


def _tool(options):
    return hardware.Tool(
        name="ai_edge_litert",
        version=metadata.version("ai-edge-litert"),
        runtime="xnnpack" if options.xnnpack else "builtin",
        options=f"threads={options.threads} dtype={options.dtype}",
    )


def _provenance():
    return hardware.Provenance(
        "measured", datetime.date.today().isoformat(), _NOTES
    )


def _fits(table, options):
    """Whether a table was measured here with the same options."""
    return (table.target, table.tool) == (_head(), _tool(options))


def _has(table, operator):
    return table is not None and table.find(operator) is not None


def _resumed(part, options, done):
    """Returns what need not be measured again as a `Table`, or None."""
    if done is not None and not _fits(done, options):
        raise errors.UserError(
            f"Expected a table of this host, {_tool(options)}. Received one "
            f"of {done.target.device}, {done.tool}; measure from the start."
        )
    if part is None or not part.exists():
        return done
    rest = tables.read(part)
    if not _fits(rest, options):
        raise errors.UserError(
            f"{part} was measured with other options: {rest.tool}. Delete it "
            "to start again."
        )
    return rest if done is None else _merged(done, rest)


def _merged(table, newer):
    """Returns one table of the entries of two, the newer ones last.

    The overhead stays that of the first: else what is measured later would
    change the latency of every network, and with it budgets that are in use.
    """
    if table is None:
        return newer
    keys = {entry.key for entry in newer.entries}
    older = [entry for entry in table.entries if entry.key not in keys]
    return dataclasses.replace(
        newer,
        entries=(*older, *newer.entries),
        overhead_us=table.overhead_us,
    )


def _only(table, wanted):
    """Returns the table without entries of other operators."""
    return dataclasses.replace(
        table, entries=tuple(table.find(row) for row in wanted)
    )


def _read_cache(path, options):
    if not path.exists():
        return None
    try:
        table = tables.read(path)
    except errors.UserError as error:
        logging.warning("Measuring again: %s", error)
        return None
    return table if _fits(table, options) else None


def _make_folder(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.UserError(
            f"{folder} cannot be created: {error.strerror}. Set "
            "XDG_CACHE_HOME to a folder that can be written."
        ) from error
