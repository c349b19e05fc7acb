"""All that happens around a step: schedules, files, checkpoints, progress."""

import os
import time

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import errors, runs
from ednas_tf.searchers import schedules

FIGURES = (
    "loss",
    "accuracy",
    "pr_auc",
    "val_loss",
    "val_accuracy",
    "val_pr_auc",
)
"""What an epoch of a training is told by."""


class TableFeed(keras.callbacks.Callback):
    """Writes the cost table into the searcher's cost variables.

    It does so when training starts, and again at the start of an epoch when
    the file has changed.

    Args:
        read: Function without arguments that returns the `CostTable`.
        path: File to watch, or None when the table is no file.
    """

    def __init__(self, read, path=None):
        super().__init__()
        self.read = read
        self.path = path
        self.stamp = None

    def on_train_begin(self, logs=None):
        """Writes the table."""
        self._feed()

    def on_epoch_begin(self, epoch, logs=None):
        """Writes the table again if its file has changed."""
        if self.path and self._stamp() != self.stamp:
            self._feed()

    def _feed(self):
        self.stamp = self.path and self._stamp()
        self.model.cost_loss.set_table(self.read())

    def _stamp(self):
        try:
            status = os.stat(self.path)
        except OSError as error:
            raise errors.UserError(
                f"The table {self.path} cannot be read: {error.strerror}."
            ) from error
        return status.st_mtime_ns, status.st_size


class SearchPhases(keras.callbacks.Callback):
    """Sets temperature, warm-up and the ramp of the strengths per epoch.

    After the warm-up, or where none is due, the constraints begin.

    Args:
        warmup_epochs: Epochs in which weights alone are trained.
        epochs: All epochs, the warm-up among them.
        start: First temperature.
        end: Last temperature.
    """

    def __init__(self, warmup_epochs, epochs, start, end):
        super().__init__()
        self.warmup_epochs = warmup_epochs
        self.epochs = epochs
        self.start = start
        self.end = end

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the state of the coming epoch."""
        self.model.temperature.assign(
            schedules.temperature(epoch, self.epochs, self.start, self.end)
        )
        self.model.searching.assign(float(epoch >= self.warmup_epochs))
        half = self.warmup_epochs + (self.epochs - self.warmup_epochs) / 2
        cost_loss = self.model.cost_loss
        cost_loss.ramp.assign(schedules.ramp(epoch, self.warmup_epochs, half))
        if epoch == 0 and self.warmup_epochs == 0:
            self._start(np.log(self.model.space.skeleton.num_classes))

    def on_epoch_end(self, epoch, logs=None):
        """Ends the warm-up, and shows the temperature."""
        logs["temperature"] = float(self.model.temperature)
        if epoch + 1 == self.warmup_epochs:
            # Not at the next begin: a checkpoint must hold the strengths.
            self._start(logs["loss"])

    def _start(self, cross_entropy):
        if self.model.cost_loss.objectives:
            self.model.cost_loss.start(
                cross_entropy, self.model.probabilities(), self.model.counts()
            )


class StopOnDivergence(keras.callbacks.Callback):
    """Ends a training whose loss is no longer finite."""

    def on_epoch_end(self, epoch, logs=None):
        """Raises `DivergenceError` if a figure is not finite."""
        for name, value in (logs or {}).items():
            if "loss" in name and not np.isfinite(value):
                raise errors.DivergenceError(
                    f"{name} became {value} in epoch {epoch + 1}. The last "
                    "good state is kept; use a lower learning rate with "
                    "--overwrite, or another --seed."
                )


class History(keras.callbacks.Callback):
    """Writes a row per epoch, and goes on where a broken run stopped.

    Args:
        run: The `Run`.
        name: Name of the CSV file.
    """

    def __init__(self, run, name):
        super().__init__()
        self.run = run
        self.name = name

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Writes the rows so far."""
        rows = _rows_before(self.run, self.name, epoch)
        rate = keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)
        figures = {**logs, "learning_rate": rate}
        row = {name: f"{float(v):.6g}" for name, v in figures.items()}
        seconds = time.perf_counter() - self.began
        row = {"epoch": epoch + 1, **row, "seconds": f"{seconds:.2f}"}
        self.run.write_rows(self.name, [*rows, row])


class _EpochRows(keras.callbacks.Callback):
    """Writes rows after every epoch, below those of the epochs before.

    Args:
        run: The `Run`.
    """

    name = None
    """Name of the CSV file."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def rows(self):
        """Yields the rows of the epoch that ended, without its number."""
        raise NotImplementedError

    def on_epoch_end(self, epoch, logs=None):
        """Writes the rows so far."""
        rows = _rows_before(self.run, self.name, epoch)
        rows += [{"epoch": epoch + 1, **row} for row in self.rows()]
        self.run.write_rows(self.name, rows)


class AlphaHistory(_EpochRows):
    """Writes alphas and probabilities of every epoch."""

    name = runs.ALPHAS

    def rows(self):
        """Yields a row per slot and operation."""
        for slot, alphas, probabilities in zip(
            self.model.space.slots,
            self.model.alphas,
            self.model.probabilities(),
            strict=True,
        ):
            for name, alpha, probability in zip(
                slot.operations,
                np.asarray(alphas),
                np.asarray(probabilities),
                strict=True,
            ):
                yield {
                    "slot": slot.name,
                    "operation": name,
                    "alpha": f"{alpha:.6g}",
                    "probability": f"{probability:.6g}",
                }


class ChannelHistory(_EpochRows):
    """Writes the channels of every group and epoch."""

    name = runs.CHANNEL_HISTORY

    def rows(self):
        """Yields a row per group."""
        for group, gate in zip(
            self.model.groups, self.model.channel_gates, strict=True
        ):
            alpha = np.asarray(gate.alpha)
            mean = float(alpha.mean()) if alpha.size else 1.0
            yield {
                "group": group.name,
                "size": group.size,
                "channels": round(float(gate.count())),
                "mean_alpha": f"{mean:.6g}",
            }


class Progress(keras.callbacks.Callback):
    """Prints one line per epoch.

    Args:
        label: What is being trained.
        epochs: All epochs.
    """

    def __init__(self, label, epochs):
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.first = None

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        if self.first is None:
            self.first, self.began = epoch, time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Prints the figures and the time left."""
        spent = time.perf_counter() - self.began
        left = spent / (epoch + 1 - self.first) * (self.epochs - epoch - 1)
        shown = [f"{name} {value:.4g}" for name, value in _shown(logs)]
        print(
            f"{self.label} {epoch + 1}/{self.epochs}: {', '.join(shown)}, "
            f"{left:.0f} s left",
            flush=True,
        )


class Scalars(keras.callbacks.Callback):
    """Writes the figures of every epoch for TensorBoard.

    Args:
        folder: Folder of the event files.
    """

    def __init__(self, folder):
        super().__init__()
        self.folder = str(folder)

    def on_train_begin(self, logs=None):
        """Opens the event file."""
        self.writer = tf.summary.create_file_writer(self.folder)

    def on_epoch_end(self, epoch, logs=None):
        """Writes scalars, and the probabilities as histograms."""
        with self.writer.as_default(step=epoch + 1):
            for name, value in logs.items():
                tf.summary.scalar(name, float(value))
            for gate in getattr(self.model, "gates", []):
                tf.summary.histogram(gate.name, gate.probabilities())
        self.writer.flush()

    def on_train_end(self, logs=None):
        """Closes the event file."""
        self.writer.close()


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


class Checkpoint(keras.callbacks.Callback):
    """Saves the state after every epoch; see `resuming.restore`.

    The state before the last one is kept too, should a kill spoil the last.

    Args:
        run: The `Run`.
        state: Folder of the states in the run.
    """

    def __init__(self, run, state):
        super().__init__()
        self.run = run
        self.state = state

    def on_epoch_end(self, epoch, logs=None):
        """Saves weights, optimizers, schedules and generators."""
        name = f"{self.state}/epoch{epoch + 1:05}.weights.h5"
        self.run.write_with(name, self.model.save_weights, self._size())
        for old in sorted(self.run.path(self.state).glob("epoch*"))[:-2]:
            self.run.remove(f"{self.state}/{old.name}")

    def _size(self):
        optimizers = [
            getattr(self.model, name, None)
            for name in ("optimizer", "alpha_optimizer", "channel_optimizer")
        ]
        variables = list(self.model.weights)
        for optimizer in filter(None, optimizers):
            variables += optimizer.variables
        return sum(4 * int(np.prod(v.shape)) for v in variables)


def standard(run, label, epochs, history, profile=False, records=()):
    """Returns the callbacks that every training of a run needs, in order.

    Args:
        run: The `Run`.
        label: The stage, `search` or `train`.
        epochs: All epochs.
        history: Name of the CSV file.
        profile: Whether a few steps are traced.
        records: Further callbacks that write what an epoch came to.
    """
    events = run.path(runs.TENSORBOARD) / label
    states = {"search": runs.SEARCH_STATE, "train": runs.TRAIN_STATE}
    return [
        StopOnDivergence(),
        *records,
        History(run, history),
        Progress(label, epochs),
        Scalars(events),
        *([Profile(events)] if profile else []),
        Checkpoint(run, states[label]),
    ]


def _rows_before(run, name, epoch):
    """Rows of the epochs before, from a file that a broken run may have."""
    try:
        rows = run.read_rows(name)
        return [row for row in rows if int(row["epoch"]) <= epoch]
    except (KeyError, TypeError, ValueError) as error:
        raise errors.UserError(
            f"Expected rows with an epoch in {run.path(name)}: {error!r}. "
            "Delete the file or use --overwrite."
        ) from error


def _shown(logs):
    for name, value in logs.items():
        if name in (*FIGURES, "temperature") or name.startswith("expected_"):
            yield name, value
