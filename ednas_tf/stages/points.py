"""The points of a sweep: from lists of budgets and weights to run folders."""

import dataclasses
import itertools
import pathlib

from ednas_tf import errors, runs
from ednas_tf.reporting import rows
from ednas_tf.spaces import operations
from ednas_tf.stages import axes

SEARCH = ("-m", "ednas_tf.search")
_FREE = "free"
"""Name of the point that has neither budget nor weight."""
_WANTS = (
    "memory_budget_kib",
    "latency_budget_us",
    "energy_budget_uj",
    "ram_budget_kib",
    "macs_budget",
    "memory_weight",
    "latency_weight",
    "energy_weight",
    "macs_weight",
)
"""Flags of a search that say what a network should cost."""
_OF_A_FOLDER = ("workdir", "through")


@dataclasses.dataclass(frozen=True)
class Point:
    """One run of a sweep.

    Attributes:
        name: Its name, which a folder can have.
        folder: Path of its run folder.
        flag_lines: All its flags, as lines of a flagfile.
        values: Its number by the flag of each axis, and `memory_percent`:
            its memory budget as a share of the largest network's, if so given.
        arguments: What Python is started with.
    """

    name: str
    folder: str
    flag_lines: str
    values: dict
    arguments: tuple


def grid(config, root, largest_bytes, warmed_up=None):
    """Returns the `Point` values of the lists, memory budgets first.

    Args:
        config: The `Config`.
        root: Folder of the sweep.
        largest_bytes: Memory of the largest network.
        warmed_up: The `Point` whose weights all start from, or None.

    Raises:
        UserError: If no list is given.
    """
    if all(getattr(config.sweep, axis.listed) is None for axis in axes.AXES):
        raise errors.UserError(
            "Expected a list of budgets or weights. Received none of "
            f"{', '.join('--' + axis.listed for axis in axes.AXES)}."
        )
    shared = {"warmup_from": warmed_up.folder} if warmed_up else {}
    found = []
    for chosen in itertools.product(*(a.values(config) for a in axes.AXES)):
        name, values = _named(chosen, largest_bytes)
        given = {n: v or None for n, v in values.items() if n in _WANTS}
        lines = _lines(config, {**given, **shared})
        found.append(_point(name, root, lines, values))
    return found


def reference(config, root, has_slots):
    """Returns the `Point` that trains the network as it is.

    Args:
        config: The `Config`.
        root: Folder of the sweep.
        has_slots: Whether there are operations to choose; the largest is
            taken for all of them then.
    """
    search, train = config.search, config.train
    given = dict.fromkeys((*_WANTS, "init", "warmup_from"))
    # As many epochs as a point has; its search has nothing to find.
    given |= {"search_epochs": 1, "warmup_epochs": 0, "search_channels": False}
    given["train_epochs"] = search.search_epochs + train.train_epochs
    if has_slots:
        given["operations"] = _largest(config.space.operations)
    values = {axis.flag: axis.default for axis in axes.AXES}
    return _point(rows.REFERENCE, root, _lines(config, given), values)


def warmup(config, root):
    """Returns what trains the weights that all points start from."""
    folder = pathlib.Path(root, runs.SHARED_WARMUP)
    lines = _lines(config, dict.fromkeys(_WANTS))
    return _at(folder, [*lines, "--through=warmup"], values={})


def base(config):
    """Returns the flags that all points share, by name."""
    flags = {}
    for stage in config.stages.values():
        flags |= stage
    left_out = {*_OF_A_FOLDER, *(axis.flag for axis in axes.AXES)}
    return {name: flags[name] for name in flags if name not in left_out}


def _named(chosen, largest_bytes):
    """Returns name and `values` of a point from a value for each of `AXES`."""
    parts, values = [], {}
    for axis, value in zip(axes.AXES, chosen, strict=True):
        values[axis.flag] = value
        if value != axis.default:
            parts.append(axis.told(value))
    if values["memory_budget_kib"] is not None:
        number, unit = values["memory_budget_kib"]
        if unit == axes.PERCENT:
            values["memory_percent"] = number
            number = number / 100 * largest_bytes / 1024
        values["memory_budget_kib"] = number
    return "-".join(parts) or _FREE, values


def _point(name, root, lines, values):
    folder = pathlib.Path(root, runs.POINTS, name)
    return _at(folder, [*lines, "--through=evaluate"], values)


def _at(folder, lines, values):
    """Returns the `Point` that runs with these flags in a folder."""
    folder = folder.absolute()
    lines = [*lines, f"--workdir={folder}"]
    flagfile = folder / runs.POINT_FLAGS
    return Point(
        name=folder.name,
        folder=str(folder),
        flag_lines="\n".join(lines) + "\n",
        values=values,
        arguments=(*SEARCH, f"--flagfile={flagfile}"),
    )


def _lines(config, given):
    """Returns the lines of a search's flagfile, some with another value.

    Args:
        config: The `Config`.
        given: Values by flag; None leaves the flag at its default.
    """
    ours = {field.name for field in dataclasses.fields(config.sweep)}
    dropped = {*ours, *given, *_OF_A_FOLDER}
    kept = [
        line
        for line in config.flag_lines.splitlines()
        if dropped.isdisjoint(_names(line))
    ]
    values = {n: v for n, v in given.items() if v is not None}
    return [*kept, *(f"--{name}={value}" for name, value in values.items())]


def _names(line):
    """Returns the flags that a line may be about: `--nox` is x or nox."""
    name = line.lstrip("-").partition("=")[0]
    return {name, name.removeprefix("no")}


def _largest(names):
    """Returns the name of the operation with the largest kernel."""
    known = [operations.get(name) for name in names]
    return max(known, key=lambda each: (each.kernel, each.extent)).name
