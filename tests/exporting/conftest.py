"""A small network with random weights, shared by the tests of its files."""

import keras
import numpy as np
import pytest

from ednas_tf import spaces
from ednas_tf.exporting import preprocessing, tflite
from ednas_tf.networks import derived
from tests import small


@pytest.fixture(scope="session")
def model():
    """Three blocks on images of 8x8x3 to four classes; a dilated one too."""
    architecture = spaces.choose(small.skeleton(), ["dw5", "dw3d2", "max3"])
    network = derived.build(architecture)
    small.randomize(network)
    return network


@pytest.fixture(scope="session")
def images():
    """Twenty images of the range [-1, 1], both ends included."""
    values = np.random.default_rng(0).uniform(-1, 1, (20, 8, 8, 3))
    values[0, 0, 0, :2] = -1, 1
    return values.astype(np.float32)


@pytest.fixture(scope="session")
def pixels():
    """Twenty uint8 images of 8x8x3."""
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def raw_model(model):
    """The model with its normalisation inside."""
    return preprocessing.include(model, (120, 110, 100), (60, 50, 70))


@pytest.fixture(scope="session")
def detector():
    """A network of two outputs: four numbers and two scores per anchor."""
    image = keras.layers.Input((8, 8, 3), name="image")
    maps = keras.layers.Conv2D(6, 3, strides=4, name="maps")(image)
    boxes = keras.layers.Conv2D(4, 1, name="offsets")(maps)
    scores = keras.layers.Conv2D(2, 1, activation="sigmoid")(maps)
    outputs = {
        "boxes": keras.layers.Reshape((-1, 4), name="boxes")(boxes),
        "scores": keras.layers.Reshape((-1, 2), name="scores")(scores),
    }
    network = keras.Model(image, outputs)
    small.randomize(network)
    return network


@pytest.fixture(scope="session")
def float_file(model, tmp_path_factory):
    """Path of the model as a float TFLite file."""
    path = tmp_path_factory.mktemp("float") / "model.tflite"
    path.write_bytes(tflite.convert(model, "float"))
    return path


@pytest.fixture(scope="session")
def int8_file(model, images, tmp_path_factory):
    """Path of the model as an int8 TFLite file."""
    path = tmp_path_factory.mktemp("int8") / "model_int8.tflite"
    path.write_bytes(tflite.convert(model, "int8", [images]))
    return path
