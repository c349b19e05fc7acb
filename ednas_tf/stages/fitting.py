"""One way to train, for the search and for the network that it found."""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from ednas_tf import callbacks, interruption
from ednas_tf.callbacks import states
from ednas_tf.data import pipeline
from ednas_tf.stages import diverging


@dataclasses.dataclass(frozen=True, eq=False)
class Training:
    """What a training runs on.

    Attributes:
        batches: Function of a `pipeline.Position` that returns batches.
        validation: Batches that each epoch ends with, or None.
        callbacks: Function of a `states.Place` to begin at that returns
            callbacks.
    """

    batches: Callable
    validation: tf.data.Dataset | None
    callbacks: Callable


def fit(model, training, place, last):
    """Trains to the end of an epoch.

    A signal waits until the state is saved.

    Args:
        model: Compiled model with built optimizers.
        training: The `Training`.
        place: The `states.Place` to begin at.
        last: Number of epochs that are done then.

    Raises:
        DivergenceError: If a loss or a gradient is no longer finite.
    """
    with interruption.deferred(), diverging.told(model, training.batches):
        if place.step and place.epoch < last:
            _fit(model, training, place, place.epoch + 1)
            place = states.Place(place.epoch + 1)
        if place.epoch < last:
            _fit(model, training, place, last)


def _fit(model, training, place, last):
    position = pipeline.Position(place.epoch, place.step)
    watchers = training.callbacks(place)
    try:
        model.fit(
            training.batches(position),
            initial_epoch=place.epoch,
            epochs=last,
            validation_data=training.validation,
            shuffle=False,
            verbose=0,
            callbacks=[_Follow(position), *watchers],
        )
    finally:
        for watcher in watchers:
            if isinstance(watcher, callbacks.Progress):
                watcher.close()


class _Follow(keras.callbacks.Callback):
    """Tells a pipeline which epoch it is to show.

    Args:
        position: The `Position`.
    """

    def __init__(self, position):
        super().__init__()
        self.position = position

    def on_epoch_begin(self, epoch, logs=None):
        """Sets the epoch, whatever Keras has looked at before."""
        self.position.epoch = epoch
