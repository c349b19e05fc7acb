"""Tests that exported files open where this package is not installed."""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from ednas_tf.exporting import saved_model, tflite, tflite_metadata

pytestmark = pytest.mark.slow

_CONSTRAINTS = pathlib.Path(__file__).parents[2] / "constraints.txt"
_SECONDS = 900
_DESCRIPTION = {
    "kind": "image",
    "image_shape": [8, 8, 3],
    "classes": ["cat", "dog", "owl", "emu"],
    "normalization": {"mean": [120, 110, 100], "std": [60, 50, 70]},
    "preprocessing": "inside",
}
_LITERT = """
import importlib.util

import numpy as np
from ai_edge_litert import interpreter as litert

for package in ("ednas_tf", "tensorflow", "keras"):
    assert importlib.util.find_spec(package) is None, package
known = np.load("expected.npz")
for name, tolerance in (("model", 1e-4), ("model_int8", 0.1)):
    runner = litert.Interpreter(model_path=name + ".tflite")
    serve = runner.get_signature_runner("serve")
    rows = [serve(image=image[None]) for image in known["images"]]
    values = np.concatenate([row["probabilities"] for row in rows])
    scale, zero = serve.get_output_details()["probabilities"]["quantization"]
    if scale:
        values = (values.astype(np.float32) - zero) * scale
    difference = np.max(np.abs(values - known["probabilities"]))
    assert difference <= tolerance, (name, difference)
"""
_TENSORFLOW = """
import importlib.util

import numpy as np
import tensorflow as tf

assert importlib.util.find_spec("ednas_tf") is None
known = np.load("expected.npz")
serve = tf.saved_model.load("saved_model").signatures["serve"]
values = serve(image=tf.constant(known["images"]))["probabilities"]
difference = np.max(np.abs(values - known["probabilities"]))
assert difference <= 1e-4, difference
"""


@pytest.fixture(scope="module")
def folder(raw_model, pixels, tmp_path_factory):
    """Returns a folder of three files, ten images and what Keras gives."""
    folder = tmp_path_factory.mktemp("exported")
    saved_model.export(raw_model, str(folder / "saved_model"), raw=True)
    names = {"float": "model.tflite", "int8": "model_int8.tflite"}
    pairs = tflite.convert_all(raw_model, names, [pixels], raw=True)
    for format, content in pairs:
        content = tflite_metadata.add(content, _DESCRIPTION)
        (folder / names[format]).write_bytes(content)
    images = pixels[:10]
    probabilities = raw_model(images.astype(np.float32))
    np.savez(
        folder / "expected.npz", images=images, probabilities=probabilities
    )
    return folder


@pytest.fixture
def place():
    """Returns a folder that is gone afterwards: TensorFlow takes 2 GB."""
    with tempfile.TemporaryDirectory() as place:
        yield pathlib.Path(place)


def _pip(python, *arguments):
    """Runs pip with the versions of this project."""
    return subprocess.run(
        [python, "-m", "pip", *arguments, "-q", "-c", _CONSTRAINTS],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def _environment(folder, *packages):
    """Makes an environment that holds these packages alone."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    # A small package that all of them need.
    probe = ("download", "--no-deps", "--no-cache-dir", "-d", folder)
    if _pip(python, *probe, "flatbuffers").returncode:
        pytest.skip("pip reaches no index of packages")
    done = _pip(python, "install", *packages)
    assert done.returncode == 0, done.stderr
    return python


def _run(python, code, folder):
    """Runs code in a folder, with nothing of this place in sight."""
    subprocess.run(
        [python, "-I", "-c", code], check=True, cwd=folder, timeout=_SECONDS
    )


def test_tflite_files_need_litert_and_numpy_alone(folder, place):
    python = _environment(place / "venv", "ai-edge-litert", "numpy")
    _run(python, _LITERT, folder)


def test_the_saved_model_needs_tensorflow_alone(folder, place):
    python = _environment(place / "venv", "tensorflow")
    _run(python, _TENSORFLOW, folder)
