"""Ends a training that left the finite numbers."""

import keras
import numpy as np

from ednas_tf import errors


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
