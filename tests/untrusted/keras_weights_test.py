"""Tests of what the HDF5 files of Keras may hold."""

import json

import h5py
import keras
import pytest

from ednas_tf import errors
from ednas_tf.untrusted import keras_weights


def _model():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])


@pytest.mark.parametrize("name", ["a.weights.h5", "a.h5"])
def test_files_of_keras_pass(tmp_path, name):
    path = str(tmp_path / name)
    model = _model()
    (model.save_weights if "weights" in name else model.save)(path)
    keras_weights.check(path)


def test_layers_with_code_are_refused(tmp_path):
    path = tmp_path / "a.h5"
    layer = {"class_name": "Lambda", "config": {"function": ["4wEAAAA"]}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"config": [layer]})
    with pytest.raises(errors.UserError, match="Received: 'Lambda'"):
        keras_weights.check(path)
