"""States of a training that the same command goes on from."""

import keras
import numpy as np


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
