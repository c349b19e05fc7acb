"""Spoiled files of Keras and images end in one line, and soon."""

import io
import time

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ednas_tf import errors
from ednas_tf.data import images
from ednas_tf.untrusted import hdf5_file, keras_archive
from tests.untrusted import spoiling

_FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[*HealthCheck],
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Bytes of a small model by suffix."""
    folder = tmp_path_factory.mktemp("saved")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.save(folder / "a.keras")
    model.save_weights(folder / "a.weights.h5")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("suffix", "check"), [(".keras", keras_archive), (".h5", hdf5_file)]
)
@_FEW
@given(data=st.data())
def test_wrong_bytes_of_a_model_end_in_one_line(
    suffix, check, saved, tmp_path, data
):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data.draw(spoiling.of_bytes(saved[suffix])))
    began = time.process_time()
    try:
        check.check(path)
    except errors.UserError as error:
        assert "\n" not in str(error)
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
@_FEW
@given(data=st.data())
def test_wrong_bytes_of_an_image_are_no_image(kind, data):
    stream = io.BytesIO()
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    Image.fromarray(pixels).save(stream, kind)
    try:
        images.check_pixels(data.draw(spoiling.of_bytes(stream.getvalue())))
    except ValueError as error:
        assert "\n" not in str(error)
