"""Weights and biases counted in files, against those of the Keras layers."""

import keras
import numpy as np

from ednas_tf.exporting import tflite
from ednas_tf.reporting import file_memory, rows
from tests.reporting import sweeps


def _model():
    """A convolution, a depthwise one and a classifier, each with a bias."""
    layers = keras.layers
    bias = {"bias_initializer": "normal"}  # Zeros are left out of a file.
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same", **bias),
            layers.DepthwiseConv2D(5, padding="same", **bias),
            layers.GlobalAveragePooling2D(),
            layers.Dense(6, **bias),
        ]
    )


def test_int8_file_has_a_byte_per_weight_and_four_per_bias(tmp_path):
    images = np.random.default_rng(0).normal(size=(8, 8, 8, 3))
    content = tflite.convert(_model(), "int8", [images.astype(np.float32)])
    path = tmp_path / "model_int8.tflite"
    path.write_bytes(content)
    weights = 3 * 3 * 3 * 4 + 5 * 5 * 4 + 4 * 6
    assert file_memory.count(path) == weights + 4 * (4 + 4 + 6)


def test_float_file_has_four_bytes_each(tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(tflite.convert(_model(), "float"))
    assert file_memory.count(path) == 4 * _model().count_params()


def test_a_file_above_its_budget_is_told(tmp_path):
    asked = {"memory_budget_kib": 0.25}
    run = sweeps.write_point(tmp_path, "a", asked, int8=0.5)
    content = tflite.convert(_model(), "float")
    run.path("model_int8.tflite").write_bytes(content)
    (row,) = rows.read(tmp_path)
    assert row["file_memory_bytes"] > 256
    assert row["within_budget"] is False
