"""A training that a signal stops goes on at the very step."""

import signal

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import callbacks, interruption, runs
from ednas_tf.stages import fitting, resuming

_EPOCHS = 2
_STEPS = 4


def _model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((3,))
    hidden = keras.layers.Dropout(0.5)(keras.layers.Dense(4)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, loss="mse", metrics=["mae"])
    return model


def _batches(position):
    """Returns batches that tell the epoch and the step apart."""

    def steps(epoch):
        number = tf.data.Dataset.range(_STEPS).skip(position.step)
        return number.map(lambda step: 10 * epoch + step)

    def draw(number):
        image = tf.cast(number, tf.float32) / 10 * tf.ones((2, 3))
        return image, tf.ones((2, 1))

    numbers = tf.data.Dataset.from_generator(
        lambda: [position.take()], output_signature=tf.TensorSpec((), tf.int64)
    )
    left = tf.data.experimental.assert_cardinality(_STEPS - position.step)
    return numbers.flat_map(steps).map(draw).apply(left)


class _Stop(keras.callbacks.Callback):
    """Sends SIGTERM after so many steps in all."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def on_train_batch_begin(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGTERM)


def _fit(model, folder, stop=0):
    run = runs.Run(folder)
    plan = fitting.Training(
        _batches,
        tf.data.Dataset.from_tensors((tf.ones((2, 3)), tf.ones((2, 1)))),
        lambda place: [
            _Stop(stop),
            callbacks.History(run, runs.TRAIN_HISTORY, place.seconds),
            callbacks.Checkpoint(run, runs.TRAIN_STATE, place),
        ],
    )
    place = resuming.restore(model, run, runs.TRAIN_STATE)
    fitting.fit(model, plan, place, _EPOCHS)
    return [
        {key: row[key] for key in row if key != "seconds"}
        for row in run.read_rows(runs.TRAIN_HISTORY)
    ]


@pytest.fixture
def _handled():
    before = signal.signal(signal.SIGTERM, interruption._handle)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("steps", [1, 2, 4, 5, 7])
def test_the_outcome_is_that_of_an_unbroken_run(tmp_path, _handled, steps):
    whole, broken, resumed = _model(), _model(), _model()
    expected = _fit(whole, tmp_path / "whole")
    with pytest.raises(interruption.Terminated):
        _fit(broken, tmp_path / "broken", stop=steps)
    assert _fit(resumed, tmp_path / "broken") == expected
    for one, two in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(two))


def test_a_finished_training_does_nothing(tmp_path):
    rows = _fit(_model(), tmp_path)
    assert _fit(_model(), tmp_path) == rows
