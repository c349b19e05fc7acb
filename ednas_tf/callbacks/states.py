"""States of a training in files, and how the last good one is found.

A state is a file of weights with a record beside it: a JSON file with the
SHA-256 of the weights, what they leave out, and its own SHA-256. The record is
written last.
"""

import dataclasses
import hashlib
import json
import re

import numpy as np
from absl import logging

from ednas_tf import errors, runs
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-state/1"
_WEIGHTS = ".weights.h5"
_RECORD = ".json"
_NAME = re.compile(r"epoch(\d{5})(?:-step(\d{7}))?$")


@dataclasses.dataclass(frozen=True, order=True)
class Place:
    """How far a training is.

    Attributes:
        epoch: Whole epochs that are done.
        step: Steps of the next epoch that are done.
        seconds: Time that these steps took.
        metrics: What the metrics have counted in these steps.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    metrics: tuple = dataclasses.field(default=(), compare=False)

    @property
    def name(self):
        """Name of the files of the state, without their ends."""
        step = f"-step{self.step:07}" if self.step else ""
        return f"epoch{self.epoch:05}{step}"


def save(model, run, folder, place):
    """Writes the state of a model; keeps that one and the one before.

    Args:
        model: Compiled model with built optimizers.
        run: The `Run`.
        folder: Folder of the states in the run.
        place: The `Place`, without metrics.
    """
    weights = f"{folder}/{place.name}{_WEIGHTS}"
    run.write_with(weights, model.save_weights, _size(model))
    record = {
        "schema": SCHEMA,
        "sha256": runs.sha256(run.path(weights)),
        "epoch": place.epoch,
        "step": place.step,
        "seconds": place.seconds,
        "generators": [np.asarray(v).tolist() for v in _generators(model)],
        "metrics": _metrics(model) if place.step else [],
    }
    record["record_sha256"] = _digest(record)
    run.write_json(f"{folder}/{place.name}{_RECORD}", record)
    _clear(run, folder)


def restore(model, run, folder, load):
    """Loads the last good state and returns its `Place`.

    A state that is broken is passed over with a warning.

    Args:
        model: Compiled model with built optimizers.
        run: The `Run`.
        folder: Folder of the states in the run.
        load: Function of model and path that loads weights.

    Raises:
        UserError: If there are states and none is good.
    """
    names = _names(run, folder)
    for name in names:
        try:
            return _load(model, run, f"{folder}/{name}", load)
        except (errors.UserError, ValueError, LookupError, TypeError) as error:
            logging.warning("A broken state is passed over: %s", error)
    if names:
        raise errors.UserError(
            f"The checkpoint {run.path(folder)}/{names[0]}{_RECORD} cannot be "
            "read, nor one before it. Use --overwrite to start again."
        )
    return Place()


def add_metrics(model, place):
    """Adds what the metrics of a broken epoch had counted.

    All metrics here are sums, of figures and of examples.

    Args:
        model: The model, its metrics in use.
        place: The `Place` that the epoch went on from.
    """
    variables = model.metrics_variables
    for variable, value in zip(variables, place.metrics, strict=True):
        variable.assign_add(np.asarray(value, variable.dtype))


def _load(model, run, name, load):
    record = json_text.mapping(run.read_text(f"{name}{_RECORD}"))
    path = run.path(f"{name}{_WEIGHTS}")
    if record["schema"] != SCHEMA:
        raise errors.UserError(
            f"Expected the schema {SCHEMA} in {run.path(name)}{_RECORD}. "
            f"Received: {record['schema']}"
        )
    if _digest(record) != record["record_sha256"]:
        raise errors.UserError(
            f"{run.path(name)}{_RECORD} is not what was saved: its SHA-256 "
            "differs."
        )
    if not path.is_file() or runs.sha256(path) != record["sha256"]:
        raise errors.UserError(
            f"{path} is missing, or not what was saved: its SHA-256 differs."
        )
    place = Place(
        int(record["epoch"]),
        int(record["step"]),
        float(record["seconds"]),
        tuple(record["metrics"]),
    )
    generators = _generators(model)
    values = [
        np.asarray(value, variable.dtype).reshape(variable.shape)
        for variable, value in zip(
            generators, record["generators"], strict=True
        )
    ]
    load(model, path)
    for variable, value in zip(generators, values, strict=True):
        variable.assign(value)
    return place


def _digest(record):
    """Returns the SHA-256 of a record, but for what it says of that."""
    rest = {key: record[key] for key in record if key != "record_sha256"}
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()


def _names(run, folder):
    """Returns the names of recorded states, the last first."""
    found = {}
    for path in run.path(folder).glob(f"epoch*{_RECORD}"):
        if match := _NAME.match(path.name.removesuffix(_RECORD)):
            found[int(match[1]), int(match[2] or 0)] = match[0]
    return [found[place] for place in sorted(found, reverse=True)]


def _clear(run, folder):
    """Deletes all but the last two states, each record before its weights."""
    kept = _names(run, folder)[:2]
    for path in sorted(run.path(folder).glob("epoch*"), key=_is_weights):
        if path.name.removesuffix(_RECORD).removesuffix(_WEIGHTS) not in kept:
            run.remove(f"{folder}/{path.name}")


def _is_weights(path):
    return path.name.endswith(_WEIGHTS)


def _generators(model):
    """Returns the states of random generators, which weights leave out."""
    weights = {id(variable) for variable in model.weights}
    return [
        variable
        for variable in model.variables
        if id(variable) not in weights and "seed_generator" in variable.path
    ]


def _metrics(model):
    return [np.asarray(v).tolist() for v in model.metrics_variables]


def _size(model):
    """Returns about how many bytes the weights file will take."""
    optimizers = [
        getattr(model, name, None)
        for name in ("optimizer", "alpha_optimizer", "channel_optimizer")
    ]
    variables = list(model.weights)
    for optimizer in filter(None, optimizers):
        variables += optimizer.variables
    return runs.weights_size(variables)
