"""Trainings that diverge at a step of one's choice."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import criteria, errors, spaces, training
from ednas_tf.data import pipeline
from ednas_tf.networks import derived
from ednas_tf.searchers import Objective, Searcher, Settings
from ednas_tf.stages import diverging
from tests import small

STEPS = 2
SIZE = 4


def searcher(rate=0.1, channels=False, **settings):
    """Returns a small searcher with the optimizers of the search."""
    keras.utils.set_random_seed(0)
    wanted = [] if channels else [Objective("macs", weight=0.1, budget=1e5)]
    space = small.residual() if channels else small.space(channels=(4, 4))
    if channels:
        settings = {"num_paths": 1, "channel_multiple": 1, **settings}
    model = Searcher(space, wanted, Settings(**settings))
    model.compile(
        training.weight_optimizer(rate),
        training.alpha_optimizer(0.05),
        training.channel_optimizer(0.01, 10),
    )
    if wanted:
        model.cost_loss.set_table(small.mac_table(model.space))
    model.run_eagerly = True  # A few steps are not worth a graph.
    return model


def network(rate=0.1):
    """Returns a small network of the final training."""
    keras.utils.set_random_seed(0)
    chosen = spaces.choose(small.skeleton(channels=(4, 4)), ["dw3", "skip"])
    model = derived.build_for_training(chosen)
    optimizer = training.weight_optimizer(rate)
    training.compile_network(model, optimizer, criteria.of(chosen.skeleton))
    model.run_eagerly = True
    return model


def single(images=None):
    """Returns a function like the pipeline of the final training.

    Args:
        images: Other images than those of `small.batch`.
    """
    noise, labels = small.batch(STEPS * SIZE)
    images = noise if images is None else images

    def batches(position):
        every = tf.data.Dataset.from_tensor_slices((images, labels))
        left = every.batch(SIZE).skip(position.step)
        count = STEPS - position.step
        return left.apply(tf.data.experimental.assert_cardinality(count))

    return batches


def pairs(first=None, second=None):
    """Returns a function like the pipeline of the search."""
    parts = single(first), single(second)

    def batches(position):
        return tf.data.Dataset.zip(*(part(position) for part in parts))

    return batches


class Before(keras.callbacks.Callback):
    """Changes a model before one of its steps.

    Args:
        change: Function of the model.
        epoch: Number of the epoch, from 0.
        step: Number of the step, from 0.
    """

    def __init__(self, change, epoch=1, step=1):
        super().__init__()
        self.change = change
        self.place = epoch, step

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            self.change(self.model)


def message(model, batches, change=lambda model: None, epochs=2):
    """Trains a model that diverges, and returns what is told."""
    with (
        pytest.raises(errors.DivergenceError) as caught,
        diverging.told(model, batches),
    ):
        model.fit(
            batches(pipeline.Position()),
            epochs=epochs,
            verbose=0,
            shuffle=False,
            callbacks=[Before(change)],
        )
    return str(caught.value)


def spoil(variable, places=...):
    """Gives a variable values of NaN at some places of its first axis."""
    values = np.array(variable)
    values[places] = np.nan
    variable.assign(values)
