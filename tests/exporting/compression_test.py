"""Tests of what further training is told, and what it tells."""

import keras
import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.exporting import compression


@pytest.fixture
def model():
    """A network of known weights: one layer trains, one does not."""
    image = keras.layers.Input((2, 2, 2))
    dense = keras.layers.Dense(3, name="trained")
    fixed = keras.layers.DepthwiseConv2D(1, name="fixed", trainable=False)
    network = keras.Model(image, dense(fixed(image)))
    dense.set_weights([np.float32([[0, 0, 1], [2, 1, 0]]), np.zeros(3)])
    return network


def test_zeros_and_values_are_counted(model):
    row = {"layer": "trained", "weights": 6, "sparsity": 0.5, "values": 3}
    assert compression.describe(model) == {"sparsity": 0.5, "layers": [row]}


def test_without_kernels_nothing_is_zero():
    image = keras.layers.Input((2,))
    empty = keras.Model(image, keras.layers.ReLU()(image))
    assert compression.describe(empty) == {"sparsity": 0.0, "layers": []}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"compress": "prun"}, "Did you mean 'prune'"),
        ({"epochs": 0}, "at least one epoch"),
        ({"learning_rate": 0.0}, "positive learning rate"),
        ({"sparsity": 1.0}, "sparsity in"),
        ({"clusters": 1}, "two clusters"),
    ],
)
def test_wrong_settings_are_told(values, message):
    arguments = {"epochs": 1, "learning_rate": 1e-3, **values}
    with pytest.raises(errors.UserError, match=message):
        compression.Settings(**arguments)
