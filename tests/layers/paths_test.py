"""How every path gets the whole batch."""

import keras
import numpy as np

from ednas_tf import layers
from tests import small


def test_the_batch_is_repeated_a_path_after_the_other():
    images, rows = small.normal(2, 3, 3, 1), np.zeros((3, 4), np.float32)
    repeated = layers.ForkPaths()(images, rows)
    np.testing.assert_array_equal(repeated, np.tile(images, (3, 1, 1, 1)))


def test_layer_survives_save_and_load(tmp_path):
    image, rows = keras.Input((3, 3, 1)), keras.Input((4,), batch_size=2)
    model = keras.Model([image, rows], layers.ForkPaths()(image, rows))
    again = small.saved_and_loaded(model, tmp_path)
    inputs = [small.normal(2, 3, 3, 1), np.zeros((2, 4), np.float32)]
    np.testing.assert_array_equal(model(inputs), again(inputs))
