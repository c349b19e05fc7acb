"""What TensorBoard shows of a run."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import errors, runs
from ednas_tf.callbacks import (
    events,
    heat_maps,
    network_pictures,
    sessions,
    wording,
)

_GROUPS = {
    "temperature": "schedule",
    "feedback_weight": "feedback",
    wording.EXPECTED: "cost",
}
_VALIDATION = "val_"


class Board(keras.callbacks.Callback):
    """Writes what every epoch came to, for TensorBoard.

    Args:
        run: The `Run`.
        label: The stage, `search` or `train`.
    """

    def __init__(self, run, label):
        super().__init__()
        self.run = run
        self.label = label
        self.events = None

    def on_epoch_begin(self, epoch, logs=None):
        """Begins the files; a resumed run takes up where it broke off."""
        if self.events is None:
            self.events = events.Events(self.run.path(runs.TENSORBOARD))
            self.events.begin(self.label, epoch + 1)
            sessions.begin(self.run, self.events)
            self.events.flush()

    def on_epoch_end(self, epoch, logs=None):
        """Writes figures, alphas and pictures of their probabilities."""
        step = epoch + 1
        rate = float(self.model.optimizer.learning_rate)
        figures = {_tag(name): value for name, value in logs.items()}
        figures |= {"schedule/learning_rate": rate}
        figures |= self._multipliers() | self._channels()
        for tag, value in figures.items():
            self.events.add(self.label, step, events.scalar(tag, value))
        for cost, budget in wording.budgets(self.model).items():
            scalar = events.scalar(f"cost/budget_{cost}", budget)
            self.events.add(self.label, step, scalar)
        if getattr(self.model, "gates", None):
            self.events.add(self.label, step, *self._choices())
        sessions.follow(self.run, self.events, step)
        self.events.flush()

    def _multipliers(self):
        """Returns the pull of each budget, where it is learned."""
        cost_loss = getattr(self.model, "cost_loss", None)
        if cost_loss is None or cost_loss.constraint != "dual":
            return {}
        values = np.asarray(cost_loss.multipliers)
        return {
            f"cost/multiplier_{objective.cost}": value
            for objective, value in zip(
                cost_loss.objectives, values, strict=True
            )
            if objective.budget is not None
        }

    def _channels(self):
        """Returns the channels that each group has, where they are searched."""
        groups = getattr(self.model, "groups", ())
        if not groups:
            return {}
        pairs = zip(groups, self.model.counts(), strict=True)
        return {f"channels/{group.name}": count for group, count in pairs}

    def _choices(self):
        """Yields alphas as histograms and probabilities as heat maps."""
        slots = self.model.space.slots
        for slot, alpha in zip(slots, self.model.alphas, strict=True):
            yield events.histogram(f"alphas/{slot.name}", alpha)
        known = self._known(slots)
        if known:
            last = heat_maps.now(known[max(known)])
            yield events.image("probabilities/now", last)
            so_far = heat_maps.history(known)
            yield events.image("probabilities/history", so_far)

    def _known(self, slots):
        """Returns probabilities by epoch, slot and operation.

        Epochs that the file of a broken run has of other slots are left out.
        """
        found = {}
        for row in self.run.read_rows(runs.ALPHAS):
            operations = found.setdefault(row["epoch"], {}).setdefault(
                row.get("slot"), {}
            )
            operations[row.get("operation")] = row.get("probability")
        wanted = {slot.name: slot.operations for slot in slots}
        try:
            return {
                int(epoch): _numbers(choices)
                for epoch, choices in found.items()
                if {slot: tuple(row) for slot, row in choices.items()} == wanted
            }
        except (TypeError, ValueError) as error:
            raise errors.UserError(
                f"Expected probabilities in {self.run.path(runs.ALPHAS)}: "
                f"{error}. Delete the file or use --overwrite."
            ) from error


class Profile(keras.callbacks.Callback):
    """Traces a few steps of the first epoch for TensorBoard's profiler.

    Args:
        folder: Folder of the event files; the trace goes below it.
        first: Steps to let pass, while memory and caches settle.
        count: Steps to trace.
    """

    def __init__(self, folder, first=10, count=5):
        super().__init__()
        self.folder = str(folder)
        self.first = first
        self.count = count
        self.steps = None

    def on_epoch_begin(self, epoch, logs=None):
        """Chooses the steps; an epoch of few is traced to its end."""
        known = self.params.get("steps") or self.first + self.count
        first = max(0, min(self.first, known - self.count))
        if self.steps is None:
            self.steps = range(first, first + min(self.count, known))
        else:
            self.steps = range(0)

    def on_train_batch_begin(self, batch, logs=None):
        """Starts the trace."""
        if self.steps and batch == self.steps[0]:
            tf.profiler.experimental.start(self.folder)

    def on_train_batch_end(self, batch, logs=None):
        """Ends the trace and writes it."""
        if self.steps and batch == self.steps[-1]:
            tf.profiler.experimental.stop()
            print(
                f"trace of {len(self.steps)} steps: {self.folder}", flush=True
            )


def show_found(run, architecture, epochs):
    """Writes a picture of what a search found, and its costs.

    Args:
        run: The `Run`, with the search's files.
        architecture: The `Architecture`.
        epochs: Epochs of the search.
    """
    written = events.Events(run.path(runs.TENSORBOARD))
    picture = network_pictures.draw(architecture)
    written.add("search", epochs, events.image("architecture", picture))
    written.flush()
    sessions.record(run)


def _tag(name):
    """Returns the tag of a figure: its group, and what it is there."""
    for beginning, group in _GROUPS.items():
        if name.startswith(beginning):
            return f"{group}/{name}"
    measured = name.removeprefix(_VALIDATION)
    if measured != name:
        return f"{measured}/validation"
    group, _, path = name.partition("_path")
    return f"{group}/path{path}" if path else f"{name}/training"


def _numbers(choices):
    return {
        slot: {name: float(value) for name, value in row.items()}
        for slot, row in choices.items()
    }
