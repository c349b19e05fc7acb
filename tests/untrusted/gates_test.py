"""Whatever loads a file from elsewhere has it checked first."""

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors, runs, spaces
from ednas_tf.evaluation import runners
from ednas_tf.networks import derived, pretrained
from ednas_tf.stages import final_training, resuming
from tests import small


@pytest.fixture(scope="module")
def network():
    return derived.build(spaces.choose(small.skeleton(), ["dw3"] * 3))


@pytest.fixture
def lambda_file(tmp_path):
    """Returns a function that writes a model with code of its own."""
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Lambda(lambda x: x + 1)]
    )

    def write(name):
        model.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["a.keras", "a.h5"])
def test_pretrained_weights_come_without_code(network, lambda_file, name):
    with pytest.raises(errors.UserError, match="Received: 'Lambda'"):
        pretrained.load(lambda_file(name), network)


def test_a_trained_model_comes_without_code(lambda_file, tmp_path):
    lambda_file(runs.MODEL)
    with pytest.raises(errors.UserError, match="Received: 'Lambda'"):
        final_training.load_model(runs.Run(tmp_path))


def test_an_artifact_comes_without_code(lambda_file):
    with pytest.raises(errors.UserError, match="Received: 'Lambda'"):
        runners.open_artifact(lambda_file("a.keras"))


def test_a_saved_model_that_writes_files_is_not_loaded(tmp_path):
    module, written = tf.Module(), str(tmp_path / "written")
    shape = tf.TensorSpec((None, 4), tf.float32)

    @tf.function(input_signature=[shape])
    def serve(image):
        tf.io.write_file(written, "x")
        return image

    tf.saved_model.save(module, str(tmp_path / "a"), {"serve": serve})
    with pytest.raises(errors.UserError, match="only computes"):
        runners.open_artifact(tmp_path / "a")
    assert not (tmp_path / "written").exists()


def test_weights_of_another_file_are_not_read(network, tmp_path):
    path = tmp_path / "a.weights.h5"
    network.save_weights(path)
    with h5py.File(path, "a") as file:
        name = next(iter(file["layers"]))
        del file["layers"][name]
        file["layers"][name] = h5py.ExternalLink("other.h5", "/")
    with pytest.raises(errors.UserError, match="no links"):
        resuming.load_weights(network, path)


def test_weights_of_terabytes_are_not_read(network, tmp_path):
    path = tmp_path / "a.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/a/vars/0", (2**40,), np.float32)
    with pytest.raises(errors.UserError, match="Received: 0 bytes"):
        resuming.load_weights(network, path)
