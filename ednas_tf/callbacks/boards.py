"""What TensorBoard shows of a run."""

import keras
import tensorflow as tf


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
