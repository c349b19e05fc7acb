"""Runs with made-up figures, as records and as folders."""

import pathlib

from ednas_tf import runs, spaces
from ednas_tf.reporting.records import Record
from tests import small

COSTS = {"latency_us": 1500.0, "memory_bytes": 900.0, "macs": 1_000_000.0}
HOSTILE = "<script>alert(1)</script>|`*a*\n# b\n--- [x](http://y.z)"
"""A name that HTML, Markdown and YAML would all misread."""


def config(seed=0, **flags):
    """Returns flags by stage, the same in all three."""
    values = {"seed": seed, "dataset": "digits", "task": "classification"}
    return {s: {**values, **flags} for s in ("search", "train", "evaluate")}


def network(names=("dw3", "skip", "dw5"), **kwargs):
    """Returns an `Architecture` of three slots."""
    kwargs = {"target": "tda2", "costs": COSTS, **kwargs}
    return spaces.choose(small.skeleton(), names, **kwargs)


def metrics(int8=0.9, float_=0.92):
    """Returns what `metrics.json` holds of two files."""
    rows = {"model_int8.tflite": int8, "model.tflite": float_}
    return {
        "artifacts": {
            name: {"accuracy": value, "examples": 200, "bytes": 2048}
            for name, value in rows.items()
        }
    }


def record(name="one", seed=0, int8=0.9, **fields):
    """Returns a `Record` of a finished run.

    Args:
        name: Its name.
        seed: Its seed.
        int8: Accuracy of its int8 file.
        **fields: Other fields of the `Record`.
    """
    whole = {
        "folder": pathlib.Path("/runs") / name,
        "name": name,
        "config": config(seed),
        "architecture": network(),
        "search": {"budgets": {}, "costs": COSTS, "status": "modelled"},
        "metrics": metrics(int8),
    }
    return Record(**{**whole, **fields})


def write(folder, seed=0, int8=0.9, **files):
    """Writes the folder of a finished run.

    Args:
        folder: The folder.
        seed: Seed of the run.
        int8: Accuracy of its int8 file.
        **files: Text of further files, by name of the constant in `runs`.
    """
    run = runs.Run(folder)
    run.write_json(runs.CONFIG, config(seed))
    run.write_text(runs.ARCHITECTURE, network().to_json())
    run.write_json(runs.SEARCH, {"budgets": {}, "costs": COSTS})
    run.write_json(runs.METRICS, metrics(int8))
    for name, text in files.items():
        run.write_text(getattr(runs, name), text)
    return run
