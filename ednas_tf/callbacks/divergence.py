"""Ends a training that left the finite numbers."""

import keras
import numpy as np

from ednas_tf import errors, interruption
from ednas_tf.networks import finiteness


class StopOnDivergence(keras.callbacks.Callback):
    """Ends a training whose loss or state is no longer finite.

    Optimizers refuse bad updates by themselves; here is what they cannot see:
    a validation, and what an update or a batch norm made of finite numbers.
    It comes before what saves a state.
    """

    def on_epoch_begin(self, epoch, logs=None):
        """Notes where it is."""
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Looks at a state that is about to be saved within an epoch."""
        if interruption.pending() is not None:
            self._check_state()

    def on_epoch_end(self, epoch, logs=None):
        """Raises `DivergenceError` if a figure or a weight is not finite."""
        for name, value in (logs or {}).items():
            if "loss" in name and not np.isfinite(value):
                raise self._error(f"{name} became {value}", epoch)
        self._check_state()

    def _check_state(self):
        bad = finiteness.first_weight(self.model.weights)
        if bad is not None:
            raise self._error(f"`{bad.path}` became infinite", self.epoch)

    def _error(self, told, epoch):
        searches = hasattr(self.model, "supernet")
        rate = "weight_learning_rate" if searches else "learning_rate"
        return errors.DivergenceError(
            f"Training diverged in epoch {epoch + 1}: {told}. The last good "
            f"state is kept; use a lower --{rate} with --overwrite, or another "
            "--seed."
        )
