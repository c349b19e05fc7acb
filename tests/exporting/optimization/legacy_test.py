"""Tests that the second Keras stays where it is needed."""

import os
import pathlib
import subprocess
import sys

import pytest

_ROOT = pathlib.Path(__file__).parents[3]


def _run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=_ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def test_exporting_does_not_load_it():
    found = _run(
        "import sys, ednas_tf.exporting, ednas_tf.exporting.compression\n"
        "old = {'tf_keras', 'tensorflow_model_optimization'}\n"
        "print(len(old & set(sys.modules)))"
    )
    assert found[-1] == "0"


@pytest.mark.parametrize("before", ["", "0"])
def test_keras_stays_the_new_one(before):
    found = _run(
        "import os\n"
        "if os.environ['TF_USE_LEGACY_KERAS'] == '':\n"
        "    del os.environ['TF_USE_LEGACY_KERAS']\n"
        "from ednas_tf.exporting import optimization\n"
        "import keras, numpy, tensorflow as tf\n"
        "model = keras.Sequential([keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\n"
        "model.fit(numpy.ones((2, 3)), numpy.ones((2, 1)), verbose=0)\n"
        "print(os.environ.get('TF_USE_LEGACY_KERAS', 'unset'))\n"
        "print(keras.__version__, tf.keras.__version__)",
        TF_USE_LEGACY_KERAS=before,
    )
    versions = [version.split(".")[0] for version in found[-2:]]
    assert (found[-3], versions) == (before or "unset", ["3", "3"])
