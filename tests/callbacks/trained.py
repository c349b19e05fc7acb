"""A small search with all callbacks, for the tests of each."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import callbacks, runs
from ednas_tf.searchers import Objective, Searcher, Settings
from ednas_tf.stages import fitting, resuming
from tests import small


def searcher(constraint="dual", eager=True):
    """Returns a small searcher with a latency budget, compiled."""
    keras.utils.set_random_seed(0)
    wanted = [Objective("latency_us", weight=0.1, budget=1e5)]
    settings = Settings(constraint=constraint)
    model = Searcher(small.space(channels=(4, 2)), wanted, settings)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9), keras.optimizers.Adam(0.1)
    )
    model.run_eagerly = eager  # A few steps are not worth a graph.
    return model


def batches():
    """Returns two pairs of batches."""
    images, labels = small.batch(8)
    pairs = tf.data.Dataset.from_tensor_slices((images, labels)).batch(4)
    return tf.data.Dataset.zip(pairs, pairs)


def table(model, factor=1.0):
    """Returns the table of a model with its fixed cost scaled."""
    counted = small.mac_table(model.space)
    fixed = {name: cost * factor for name, cost in counted.fixed.items()}
    return type(counted)(
        counted.slot_names, counted.operations, fixed, counted.slots
    )


class Kill(keras.callbacks.Callback):
    """Ends a training as a signal would."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


class Look(keras.callbacks.Callback):
    """Remembers what `look(model)` returns in each epoch."""

    def __init__(self, look):
        super().__init__()
        self.look = look
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.look(self.model))


def search(model, run, epochs=3, more=(), read=None, path=None, budget=None):
    """Searches with all callbacks in the order of the search stage."""
    steps = len(batches())

    def watchers(place):
        return [
            callbacks.TableFeed(
                read or (lambda: table(model)),
                path,
                {"latency_us": budget} if budget else None,
            ),
            callbacks.SearchPhases(steps, 1, epochs, 5.0, 0.1),
            *callbacks.standard(
                run,
                "search",
                epochs,
                place,
                records=[callbacks.AlphaHistory(run)],
            ),
            *more,
        ]

    plan = fitting.Training(
        lambda position: batches().skip(position.step), None, watchers
    )
    place = resuming.restore(model, run, runs.SEARCH_STATE)
    fitting.fit(model, plan, place, epochs)


def state(model):
    """Returns all that a step depends on."""
    return [
        np.array(variable)
        for variable in (
            *model.supernet.weights,
            *model.alphas,
            *(gate.seed_generator.state for gate in model.gates),
            *model.cost_loss.weights,
            *model.optimizer.variables,
            *model.alpha_optimizer.variables,
        )
    ]
