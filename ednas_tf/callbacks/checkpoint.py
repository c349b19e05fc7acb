"""Saves the state of a training, and stops it when it is asked to."""

import time

import keras

from ednas_tf import interruption
from ednas_tf.callbacks import states

_PATIENCE_SECONDS = 4.0
"""How long a signal waits for the end of a validation, which completes an
epoch; half of a validation is worth nothing."""


class Checkpoint(keras.callbacks.Callback):
    """Saves the state after every epoch, and where a signal stops it.

    Args:
        run: The `Run`.
        folder: Folder of the states in the run.
        place: The `states.Place` that the training begins at.
    """

    def __init__(self, run, folder, place=None):
        super().__init__()
        self.run = run
        self.folder = folder
        self.place = place or states.Place()

    def on_epoch_begin(self, epoch, logs=None):
        """Notes where it is."""
        if not self.place.step:
            self.place = states.Place(epoch)
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Saves and stops if a signal waits."""
        if batch == 0 and self.place.step:
            # Not before: Keras makes its metrics with the first step.
            states.add_metrics(self.model, self.place)
        done = self.place.step + batch + 1
        # After the last step, a validation is left, or the epoch's own end.
        if interruption.pending() is None or batch + 1 == self._steps():
            return
        seconds = self.place.seconds + time.perf_counter() - self.began
        place = states.Place(self.place.epoch, done, seconds)
        states.save(self.model, self.run, self.folder, place)
        interruption.check()

    def on_test_batch_end(self, batch, logs=None):
        """Stops if a signal has waited for long."""
        if (interruption.pending() or 0.0) > _PATIENCE_SECONDS:
            interruption.check()

    def on_epoch_end(self, epoch, logs=None):
        """Saves weights, optimizers, schedules and generators."""
        place = states.Place(epoch + 1)
        states.save(self.model, self.run, self.folder, place)
        self.place = place
        interruption.check()

    def _steps(self):
        return self.params.get("steps")
