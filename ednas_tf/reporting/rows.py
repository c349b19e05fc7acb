"""One row for each point of a sweep, from the files of its run folder."""

from ednas_tf import errors, runs, tasks
from ednas_tf.reporting import file_memory
from ednas_tf.untrusted import json_text

_INT8, _FLOAT = runs.TFLITE_FILES["int8"], runs.TFLITE_FILES["float"]
REFERENCE = "reference"
"""Name of the point that is the network as it is, not searched."""
ACCURACIES = {
    "int8_accuracy": _INT8,
    "float_accuracy": _FLOAT,
    "keras_accuracy": runs.MODEL,
}
"""Columns of accuracy, or of what the task has instead (`tasks.HEADLINES`), and
the artifacts that they are of, the best first."""
COSTS = (
    "memory_bytes",
    "macs",
    "params",
    "latency_us",
    "energy_uj",
    "peak_ram_bytes",
)
_AXES = (
    "latency_budget_us",
    "energy_budget_uj",
    "latency_weight",
    "energy_weight",
    "macs_weight",
)
_TEXTS = ("point", "status", "error")
DONE, INFEASIBLE, FAILED = "done", "infeasible", "failed"
UNFINISHED, UNREADABLE = "unfinished", "unreadable"


def read(folder):
    """Returns the rows of a sweep, large memory budgets first.

    Args:
        folder: Folder of the sweep.

    Returns:
        Dictionaries with the same keys; None where a point has no figure.
    """
    found = sorted((folder / runs.POINTS).glob(f"*/{runs.POINT}"))
    rows = [_row(path.parent) for path in found]
    return sorted(rows, key=_place)


def _place(row):
    budget = row["memory_budget_bytes"]
    weights = [row[name] or 0 for name in _AXES]
    return (-(float("inf") if budget is None else budget), *weights)


def _row(folder):
    """Returns the row of a point, of which any file may be missing."""
    row = {"point": folder.name, **dict.fromkeys(_columns())}
    try:
        point = _values(folder / runs.POINT)
        row |= {"status": point["status"], "seconds": point["seconds"]}
        row |= {name: point[name] for name in ("exit_code", "error")}
        row |= _asked(point["values"])
        if point["status"] == DONE:
            row |= _found(folder)
        for name, value in row.items():
            if not _fits(name, value):
                raise errors.UserError(
                    f"Expected another value of {name}. Received: {value!r:.60}"
                )
    except (errors.UserError, LookupError, TypeError, AttributeError) as error:
        row |= {"status": UNREADABLE, "error": errors.first_line(error)}
    return {k: v if _fits(k, v) else None for k, v in row.items()}


def _fits(name, value):
    """Whether a column holds a text, a number or nothing, as it should."""
    kind = str if name in _TEXTS else (int, float)
    return value is None or isinstance(value, kind)


def _columns():
    return (
        "status",
        "memory_budget_bytes",
        "memory_percent",
        *_AXES,
        *ACCURACIES,
        *COSTS,
        "within_budget",
        "file_memory_bytes",
        "int8_bytes",
        "float_bytes",
        "seconds",
        "on_front",
        "exit_code",
        "error",
    )


def _asked(values):
    """Returns the columns of what a point should cost."""
    kib = values.get("memory_budget_kib")
    return {
        "memory_budget_bytes": None if kib is None else kib * 1024,
        "memory_percent": values.get("memory_percent"),
        **{name: values.get(name) for name in _AXES},
    }


def _headline(row):
    """Returns how good an artifact is, by the figure of its task."""
    known = set(tasks.HEADLINES.values()) & {*row}
    return row[known.pop()] if known else None


def _found(folder):
    """Returns the columns of what a point costs and how good it is."""
    costs = _values(folder / runs.ARCHITECTURE)["costs"]
    artifacts = _values(folder / runs.METRICS)["artifacts"]
    row = {name: costs.get(name) for name in COSTS}
    for column, name in ACCURACIES.items():
        row[column] = _headline(artifacts.get(name, {}))
    row["int8_bytes"] = artifacts.get(_INT8, {}).get("bytes")
    row["float_bytes"] = artifacts.get(_FLOAT, {}).get("bytes")
    if (folder / _INT8).exists():
        row["file_memory_bytes"] = file_memory.count(folder / _INT8)
    budgets = _values(folder / runs.SEARCH)["budgets"]
    row["within_budget"] = _within(budgets, row.get("file_memory_bytes"))
    return row


def _within(budgets, file_memory_bytes):
    """Whether all budgets are met, that of the memory in the file too."""
    if not budgets:
        return None
    memory = budgets.get("memory_bytes", {}).get("budget")
    if memory is not None and file_memory_bytes is not None:
        met = file_memory_bytes <= memory
    else:
        met = True
    return met and all(budget["met"] for budget in budgets.values())


def _values(path):
    """Returns the dictionary in a JSON file; raises `UserError`."""
    try:
        return json_text.mapping(runs.read_text(path), nonfinite=True)
    except errors.UserError as error:
        raise errors.UserError(f"{path} cannot be read: {error}") from error
