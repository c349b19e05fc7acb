"""A compression and the learning of integers, as an export does them.

It is run as a process: `python -m tests.exporting.optimization.broken_training
FOLDER METHOD DEATH`. In the batches of the training and epoch that DEATH
names, as `qat1`, it kills itself.
"""

import os
import signal
import sys

import keras
import numpy as np

from ednas_tf import runs
from ednas_tf.exporting import compression, optimization
from tests import small
from tests.exporting.optimization import examples

FILE = "model.tflite"
_EPOCHS, _STEPS = 3, 2


def network():
    """Returns a network that drops inputs of its classifier."""
    image = x = keras.Input((8, 8, 3), name="image")
    x = keras.layers.Conv2D(8, 3, use_bias=False, name="conv")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dropout(0.5, name="dropout")(x)
    logits = keras.layers.Dense(4, name="logits")(x)
    outputs = keras.layers.Softmax(name="probabilities")(logits)
    model = keras.Model(image, outputs)
    small.randomize(model)
    return model


def epochs(run, name, breaks):
    """Returns `Epochs` of other noise in each.

    Args:
        run: The `runs.Run`.
        name: What the states are called.
        breaks: Function of the name and an epoch; called in its second step.
    """

    def batches(first):
        class _Dataset:
            """Each iteration is the next epoch, as of a `tf.data.Dataset`."""

            def __init__(self):
                self.epoch = first

            def __iter__(self):
                self.epoch += 1
                for step in range(_STEPS):
                    if step:
                        breaks(name, self.epoch - 1)
                    seed = _STEPS * self.epoch + step
                    yield small.batch(seed=seed)

        return _Dataset()

    return optimization.Epochs(_STEPS, batches, optimization.States(run, name))


def compress(run, method, breaks):
    """Returns what the compression makes of the network.

    Args:
        run: The `runs.Run`.
        method: `prune` or `cluster`.
        breaks: As in `epochs`.
    """
    return optimization.compress(
        network(),
        epochs(run, "compress", breaks),
        examples.loss,
        _settings(method),
    )


def export(run, method, breaks):
    """Returns the int8 file and the losses of both trainings."""
    found = compress(run, method, breaks)
    learned = optimization.quantize(
        found.model,
        epochs(run, "qat", breaks),
        examples.loss,
        _settings(method),
        [np.clip(small.batch()[0], -1, 1)],
    )
    losses = [*found.summary["loss"], *learned.summary["loss"]]
    return learned.content, losses


def _settings(method):
    return compression.Settings(
        _EPOCHS, 1e-2, seed=5, compress=method, clusters=4
    )


def main():
    """Writes the int8 file, unless it dies before."""
    _, folder, method, death = sys.argv

    def breaks(name, epoch):
        if f"{name}{epoch}" == death:
            os.kill(os.getpid(), signal.SIGKILL)

    run = runs.Run(folder)
    runs.set_seed(0, deterministic=True)
    content, _ = export(run, method, breaks)
    run.path(FILE).write_bytes(content)


if __name__ == "__main__":
    main()
