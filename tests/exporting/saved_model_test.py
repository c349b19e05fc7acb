"""Tests of the SavedModel."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.exporting import saved_model
from tests import small

_ALONE = """
import sys
import numpy as np
import tensorflow as tf

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("ednas_tf", "keras", "tf_keras"):
            raise ImportError(f"{name} is blocked")

for name in [name for name in sys.modules if name.split(".")[0] == "keras"]:
    del sys.modules[name]  # TensorFlow brings it; a SavedModel needs none.
sys.meta_path.insert(0, Blocker())
loaded = tf.saved_model.load(sys.argv[1])
outputs = loaded.signatures["serve"](image=tf.zeros((2, 8, 8, 3)))
np.save(sys.argv[2], outputs["probabilities"])
"""


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("export") / "saved_model")
    saved_model.export(model, path)
    return path


def test_it_gives_what_keras_gives(model, images, folder):
    loaded = tf.saved_model.load(folder)
    received = loaded.serve(images)["probabilities"]
    assert small.difference(received, model(images)) <= 1e-4


@pytest.mark.parametrize("batch", [1, 5])
def test_any_batch_fits(folder, batch):
    loaded = tf.saved_model.load(folder)
    outputs = loaded.serve(tf.zeros((batch, 8, 8, 3)))
    assert outputs["probabilities"].shape == (batch, 4)


def test_input_and_output_have_names(folder):
    serve = tf.saved_model.load(folder).signatures["serve"]
    assert list(serve.structured_input_signature[1]) == ["image"]
    assert list(serve.structured_outputs) == ["probabilities"]


def test_each_weight_is_stored_once(model, folder):
    stored = tf.train.list_variables(f"{folder}/variables/variables")
    sizes = [np.prod(shape) for name, shape in stored if "VALUE" in name]
    assert sum(sizes) == model.count_params()


def test_it_loads_in_tensorflow_alone(model, folder, tmp_path):
    target = tmp_path / "outputs.npy"
    command = [sys.executable, "-I", "-c", _ALONE, folder, str(target)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=120)
    expected = model(np.zeros((2, 8, 8, 3), np.float32))
    assert small.difference(np.load(target), expected) <= 1e-4


def test_raw_images_are_uint8(raw_model, pixels, tmp_path):
    path = str(tmp_path / "saved_model")
    saved_model.export(raw_model, path, raw=True)
    serve = tf.saved_model.load(path).signatures["serve"]
    assert serve.structured_input_signature[1]["image"].dtype == tf.uint8
    received = serve(image=pixels)["probabilities"]
    expected = raw_model(pixels.astype(np.float32))
    assert small.difference(received, expected) <= 1e-5


def test_outputs_keep_their_names(detector, images, tmp_path):
    path = str(tmp_path / "saved_model")
    saved_model.export(detector, path)
    serve = tf.saved_model.load(path).signatures["serve"]
    received, expected = serve(image=images), detector(images)
    assert set(received) == {"boxes", "scores"}
    for name in received:
        assert small.difference(received[name], expected[name]) <= 1e-5


def test_a_place_that_cannot_be_written_is_an_os_error(model):
    with pytest.raises(OSError, match=r"\S"):
        saved_model.export(model, "/dev/null/saved_model")


def test_signature_leaves_the_batch_open(model):
    found = saved_model.signature(model)
    assert found == {
        "inputs": [
            {"name": "image", "shape": [None, 8, 8, 3], "dtype": "float32"}
        ],
        "outputs": [
            {"name": "probabilities", "shape": [None, 4], "dtype": "float32"}
        ],
    }


def test_signature_tells_raw_images(raw_model):
    (entry,) = saved_model.signature(raw_model, raw=True)["inputs"]
    assert entry["dtype"] == "uint8"


def test_signature_tells_all_outputs(detector):
    found = saved_model.signature(detector)["outputs"]
    assert [entry["name"] for entry in found] == ["boxes", "scores"]
    assert [entry["shape"] for entry in found] == [[None, 4, 4], [None, 4, 2]]
