"""The forms of files in run folders, as far as reports rely on them.

A form is a type, a tuple of types, `[form]` for a list, `{ANY: form}` for a
dictionary by free names, or a dictionary of forms by key; keys may be missing.
"""

import contextlib

from ednas_tf import errors, runs
from ednas_tf.untrusted import csv_text, json_text

ANY = "*"
NUMBER = (int, float)
MAYBE = (int, float, type(None))
TEXT = (str, type(None))
_LARGEST = 1e100
"""Larger numbers are mistakes, and their squares are beyond the floats."""
_COSTS = {ANY: MAYBE}
_VERSIONS = {ANY: str}
_PUT = {"name": str, "shape": list, "dtype": str}
_FINDINGS = [{ANY: (str, int, float, type(None))}]
_CELL = {"budget": NUMBER, "met": bool}
_MISTAKE = {
    "index": int,
    "label": int,
    "predicted": int,
    "probability": MAYBE,
    "probability_of_label": MAYBE,
    "image": TEXT,
}

_ROW = {"point": str, "status": TEXT, "error": TEXT, ANY: (str, *MAYBE, bool)}

JSON = {
    runs.CONFIG: {ANY: {}},
    runs.SEARCH: {
        "budgets": {ANY: _CELL},
        "costs": _COSTS,
        "searched": _COSTS,
        "smallest": _COSTS,
        "largest": _COSTS,
        "channels": {ANY: NUMBER},
        "status": TEXT,
        "filled_entries": MAYBE,
        "space_size": MAYBE,
        "seed": MAYBE,
        "epochs": MAYBE,
        "steps": MAYBE,
        "seconds": MAYBE,
        "versions": _VERSIONS,
    },
    runs.TRAIN: {
        **dict.fromkeys(("epochs", "seconds", "seed", "params"), MAYBE),
        **dict.fromkeys(("loss", "accuracy"), MAYBE),
        **dict.fromkeys(("val_loss", "val_accuracy"), MAYBE),
        "versions": _VERSIONS,
    },
    runs.EXPORT: {
        "task": TEXT,
        "kind": TEXT,
        "image_shape": [MAYBE],
        "classes": [str],
        "preprocessing": TEXT,
        "normalization": {"mean": [NUMBER], "std": [NUMBER], "formula": TEXT},
        "artifacts": {
            ANY: {
                "format": str,
                "bytes": MAYBE,
                "sha256": TEXT,
                "gzip_bytes": MAYBE,
                "inputs": [_PUT],
                "outputs": [_PUT],
            }
        },
        "deployment": {
            **dict.fromkeys(("target", "rules", "file", "note"), TEXT),
            "checked": bool,
            "offences": _FINDINGS,
            "cautions": _FINDINGS,
            "arena_bytes": MAYBE,
        },
        "optimization": {},
        "versions": _VERSIONS,
    },
    runs.METRICS: {
        "artifacts": {
            ANY: {
                "accuracy": MAYBE,
                "mean_average_precision": MAYBE,
                "examples": MAYBE,
                "agreement": MAYBE,
                "largest_difference": MAYBE,
                "bytes": MAYBE,
                "latency_us": MAYBE,
                "threads": MAYBE,
                "per_class": [(dict, *MAYBE)],
            }
        },
        "macs": MAYBE,
        "params": MAYBE,
    },
    runs.WARMUP: {"epochs": NUMBER},
    runs.MISTAKES: {
        "artifact": str,
        "classes": [str],
        "mistakes": [_MISTAKE],
    },
    runs.PARETO: {
        "accuracy": str,
        "artifact": str,
        "cost": str,
        "front": [str],
        "rows": [_ROW],
        "hypervolume_share": MAYBE,
        "reference_point": {"source": TEXT},
        "memory_budgets": [
            {
                "memory_budget_bytes": MAYBE,
                "memory_percent": MAYBE,
                "points": [str],
                "front": [str],
                "hypervolume_share": MAYBE,
                "spread": _COSTS,
            }
        ],
    },
}
"""What the files that reports read hold at least, by name of the file."""
WORDS = {
    runs.ALPHAS: ("slot", "operation"),
    runs.CHANNEL_HISTORY: ("group",),
    runs.COSTS: ("node", "operator", "slot", "kernel"),
    runs.QUANTIZATION: ("format", "layer", "operator", "found_in"),
    runs.REPARAMETERIZATION: ("slot", "branch"),
    runs.CONFUSION: ("artifact",),
}
"""Columns of text, by name of the file; all others hold numbers."""
NEEDED = {
    runs.HISTORY: ("epoch",),
    runs.TRAIN_HISTORY: ("epoch",),
    runs.ALPHAS: ("epoch", "slot", "operation", "probability"),
    runs.CHANNEL_HISTORY: ("epoch", "group", "size", "channels"),
    runs.COSTS: ("node", "operator"),
    runs.QUANTIZATION: ("layer", "snr_db"),
    runs.REPARAMETERIZATION: ("slot", "branch"),
    runs.CONFUSION: ("artifact", "label", "predicted", "count"),
}
"""Columns that a table is of no use without, by name of the file."""


def read_json(path):
    """Returns the dictionary in a file of a known name; None without one.

    Raises:
        UserError: If it is not what its name promises; it names the file.
    """
    if not path.exists():
        return None
    with _naming(path):
        values = json_text.mapping(runs.read_text(path), nonfinite=True)
    values = _measurable(values)
    _check(values, JSON[path.name], path, "the file")
    return values


def read_rows(path):
    """Returns the rows of a CSV file of a known name; none without one.

    Returns:
        Dictionaries of text and of numbers; None where a cell is empty.

    Raises:
        UserError: If it is not what its name promises; it names the file.
    """
    if not path.exists():
        return []
    words = WORDS.get(path.name, ())
    with _naming(path):
        rows = [
            {name: _cell(row[name], name in words) for name in row if name}
            for row in csv_text.rows(runs.read_text(path))
        ]
    for row in rows[:1]:
        _check_columns(row, path)
    return rows


def check_costs(costs, path):
    """Raises `UserError` unless costs are numbers by name."""
    _check(costs, _COSTS, path, "the costs")


def _measurable(values):
    """Returns values in which None stands for what is no finite number."""
    if isinstance(values, dict):
        return {key: _measurable(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_measurable(value) for value in values]
    odd = isinstance(values, float) and not abs(values) <= _LARGEST
    return None if odd else values


@contextlib.contextmanager
def _naming(path):
    """Puts the name of a file before what is wrong with it."""
    try:
        yield
    except errors.UserError as error:
        if str(path) in str(error):
            raise
        raise errors.UserError(f"{path}: {error}") from error


def _cell(text, is_word):
    if is_word:
        return text
    try:
        return float(text) if text else None
    except ValueError as error:
        raise errors.UserError(
            f"Expected numbers. Received: {text[:60]!r}."
        ) from error


def _check_columns(row, path):
    missing = [name for name in NEEDED[path.name] if name not in row]
    if missing:
        raise errors.UserError(
            f"Expected the columns {', '.join(NEEDED[path.name])} in {path}. "
            f"Missing: {', '.join(missing)}."
        )


def _check(value, form, path, place):
    """Raises `UserError` unless a value has a form."""
    if isinstance(form, list):
        _check_kind(value, list, path, place)
        for entry in value:
            _check(entry, form[0], path, place)
    elif isinstance(form, dict):
        _check_kind(value, dict, path, place)
        for key, entry in value.items():
            if key in form or ANY in form:
                inner = form.get(key, form.get(ANY))
                _check(entry, inner, path, f"'{str(key)[:60]}'")
    else:
        _check_kind(value, form, path, place)


def _check_kind(value, kinds, path, place):
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    odd = isinstance(value, bool) and bool not in kinds
    if odd or not isinstance(value, kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise errors.UserError(
            f"Expected {names} as {place} in {path}. "
            f"Received: {str(value)[:60]!r}."
        )


def finite(value):
    """Whether a value is a number that can be drawn."""
    return isinstance(value, NUMBER) and abs(value) <= _LARGEST
