"""What changes in the course of a search: costs, temperature, phase."""

import os

import keras
import numpy as np

from ednas_tf import errors
from ednas_tf.searchers import decode, schedules


class TableFeed(keras.callbacks.Callback):
    """Writes the cost table into the searcher's cost variables.

    It does so when training starts, and again at the start of an epoch when
    the file has changed. With it comes what the budgets leave a way to.

    Args:
        read: Function without arguments that returns the `CostTable` or the
            `ChannelCosts`.
        path: File to watch, or None when the table is no file.
        budgets: Budget by cost name.
    """

    def __init__(self, read, path=None, budgets=None):
        super().__init__()
        self.read = read
        self.path = path
        self.budgets = budgets or {}
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
        table = self.read()
        self.model.cost_loss.set_table(table)
        self.model.within_reach = decode.within_reach(table, self.budgets)

    def _stamp(self):
        try:
            status = os.stat(self.path)
        except OSError as error:
            raise errors.UserError(
                f"The table {self.path} cannot be read: {error.strerror}."
            ) from error
        return status.st_mtime_ns, status.st_size


class SearchPhases(keras.callbacks.Callback):
    """Sets the temperature per step, warm-up and ramp of strengths per epoch.

    After the warm-up, or where none is due, the constraints begin, and what no
    network within the budgets can have is not drawn any more: the weights of
    a warm-up are for any budget. A search can have two epochs, and a
    temperature for each would be too few.

    Args:
        steps: Steps of an epoch.
        warmup_epochs: Epochs in which weights alone are trained.
        epochs: All epochs, the warm-up among them.
        start: First temperature.
        end: Last temperature.
        begun: Whether a search goes on that has been begun before.
    """

    def __init__(self, steps, warmup_epochs, epochs, start, end, begun=False):
        super().__init__()
        self.steps = steps
        self.warmup_epochs = warmup_epochs
        self.epochs = epochs
        self.start = start
        self.end = end
        self.begun = begun

    def on_train_batch_begin(self, batch, logs=None):
        """Sets the temperature, which falls as long as alphas learn.

        Keras's number of the step is no guide: it begins at zero too where a
        broken epoch goes on.
        """
        done = int(self.model.optimizer.iterations)
        warmup = self.warmup_epochs * self.steps
        steps = self.epochs * self.steps - warmup
        self.model.temperature.assign(
            schedules.temperature(done - warmup, steps, self.start, self.end)
        )

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the state of the coming epoch."""
        searching = epoch >= self.warmup_epochs
        self.model.searching.assign(float(searching))
        self.model.allow(self.model.within_reach if searching else None)
        half = self.warmup_epochs + (self.epochs - self.warmup_epochs) / 2
        cost_loss = self.model.cost_loss
        cost_loss.ramp.assign(schedules.ramp(epoch, self.warmup_epochs, half))
        if not (self.begun or epoch or self.warmup_epochs):
            self._start(np.log(self.model.space.skeleton.num_classes))

    def on_epoch_end(self, epoch, logs=None):
        """Ends the warm-up, and shows the temperature."""
        logs["temperature"] = float(self.model.temperature)
        if epoch + 1 == self.warmup_epochs:
            # Not at the next begin: a checkpoint must hold the strengths.
            self._start(logs["loss"])
            self.model.allow(None)  # What is recorded is of this epoch.

    def _start(self, cross_entropy):
        # Strengths are for what the search can still draw.
        self.model.allow(self.model.within_reach)
        if self.model.cost_loss.objectives:
            self.model.cost_loss.start(
                cross_entropy, self.model.probabilities(), self.model.counts()
            )
