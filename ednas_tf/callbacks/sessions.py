"""A run as one row in TensorBoard's table of hyperparameters (HParams).

The row lies in `tensorboard/results`, beside the folders of the stages: flags
that matter, and the last figures of every stage that has run. All comes from
the files of the run, so every stage can write it anew.
"""

import contextlib

from tensorboard.plugins.hparams import summary_v2 as hparams

from ednas_tf import errors, runs, tasks
from ednas_tf.callbacks import events
from ednas_tf.untrusted import json_text

_FLAGS = (
    "seed",
    "dataset",
    "image_size",
    "space",
    "operations",
    "stem_kernel",
    "meta_kernel",
    "search_channels",
    "target",
    "constraint",
    "latency_budget_us",
    "energy_budget_uj",
    "memory_budget_kib",
    "macs_budget",
    "ram_budget_kib",
    "latency_weight",
    "energy_weight",
    "memory_weight",
    "macs_weight",
    "search_epochs",
    "warmup_epochs",
    "paths",
    "path_inputs",
    "feedback",
    "sampling",
    "weight_learning_rate",
    "alpha_learning_rate",
    "batch_size",
    "train_epochs",
    "learning_rate",
    "quantize",
)
"""Columns of the table, where runs have a value for them."""
_FOLDER = "results"
_FOUND = ("latency_us", "energy_uj", "memory_bytes", "macs", "params")
_HISTORIES = {"search": runs.HISTORY, "train": runs.TRAIN_HISTORY}
_MEASURES = ("val_accuracy", "val_pr_auc")
_PLAIN = (bool, int, float, str)
_SPOILED = (
    errors.UserError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def begin(run, written):
    """Writes the row of a run in place of the one that is there.

    TensorBoard finds the columns by itself, those that differ first, as long
    as no file fixes them.

    Args:
        run: The `Run`.
        written: The `events.Events` of the folder `tensorboard`.
    """
    run.remove(f"{runs.TENSORBOARD}/{_FOLDER}")
    trial = "/".join(run.folder.resolve().parts[-3:])
    row = hparams.hparams_pb(_flags(run), trial)
    written.add(_FOLDER, 0, row)
    if run.has(runs.FLAGS):
        lines = run.read_text(runs.FLAGS).splitlines()
        code = "\n".join(f"    {line}" for line in lines)
        written.add(_FOLDER, 0, events.text("flags", code))
    follow(run, written, 0)


def follow(run, written, step):
    """Writes the last figures of a run.

    Args:
        run: The `Run`.
        written: The `events.Events` of the folder `tensorboard`.
        step: The step that they belong to.
    """
    for name, value in results(run).items():
        scalar = events.scalar(f"results/{name}", value)
        written.add(_FOLDER, step, scalar)


def record(run):
    """Writes the row of a run after a stage; see `begin`."""
    written = events.Events(run.path(runs.TENSORBOARD))
    begin(run, written)
    written.flush()


def results(run):
    """Returns the last figures of each stage that has run, by name.

    The table shows five columns at first, by the alphabet: accuracy and costs.
    """
    found = {}
    for read in (_validations, _costs, _tests):
        # A file that is spoiled is told of by the stage that needs it.
        with contextlib.suppress(*_SPOILED):
            found |= {name: float(value) for name, value in read(run)}
    return found


def _validations(run):
    for stage, history in _HISTORIES.items():
        for row in run.read_rows(history)[-1:]:
            for name in _MEASURES:
                if row.get(name):
                    yield f"{name}_{stage}", row[name]


def _costs(run):
    costs = _read(run, runs.SEARCH).get("costs", {})
    for name in _FOUND:
        if costs.get(name) is not None:
            yield name, costs[name]


def _tests(run):
    headline = tasks.HEADLINES[_task(run)]
    for name, row in _read(run, runs.METRICS).get("artifacts", {}).items():
        title = headline if name == runs.MODEL else f"test_{headline}_{name}"
        yield title, row[headline]


def _flags(run):
    """Returns the flags of all stages so far that have a value."""
    merged = {}
    for flags in _read(run, runs.CONFIG).values():
        merged = {**flags, **merged}
    values = {name: merged.get(name) for name in _FLAGS}
    return {
        name: value if isinstance(value, _PLAIN) else ", ".join(map(str, value))
        for name, value in values.items()
        if value is not None
    }


def _task(run):
    named = [flags.get("task") for flags in _read(run, runs.CONFIG).values()]
    return next((n for n in named if n in tasks.TASKS), tasks.CLASSIFICATION)


def _read(run, name):
    if not run.has(name):
        return {}
    # The size of a space may be a number of many digits.
    return json_text.mapping(run.read_text(name), nonfinite=True)
