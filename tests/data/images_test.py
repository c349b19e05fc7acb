"""Tests of decoding and resizing."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ednas_tf import errors
from ednas_tf.data import images


def _gradient():
    rows, columns = np.mgrid[:16, :16]
    return np.stack([rows * 16, columns * 16, rows * 0 + 90], -1).astype("u1")


@pytest.mark.parametrize("form", ["png", "bmp", "gif", "jpeg"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_decodes_what_pillow_decodes(form, mode):
    if (form, mode) == ("jpeg", "P"):
        pytest.skip("a jpeg has no palette")
    file = io.BytesIO()
    Image.fromarray(_gradient()).convert(mode).save(file, form)
    expected = np.asarray(Image.open(file).convert("RGB")).astype(int)
    decoded = images.decode(file.getvalue()).numpy().astype(int)
    assert np.abs(decoded - expected).max() <= (4 if form == "jpeg" else 0)


def test_decodes_the_first_frame_of_a_gif():
    frames = [Image.new("L", (4, 4), level) for level in (10, 200)]
    file = io.BytesIO()
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:])
    decoded = images.decode(file.getvalue()).numpy()
    np.testing.assert_array_equal(decoded, np.full((4, 4, 3), 10))


def test_halving_averages_pixels():
    image = np.array([[0, 0, 100, 100]] * 4, np.uint8)[..., None]
    resized = images.resize(image, (2, 2)).numpy()[..., 0]
    # Triangle of width 2 at half scale: weights 3/7, 3/7 and 1/7 at the rim.
    np.testing.assert_array_equal(resized, [[14, 86], [14, 86]])
    assert resized.dtype == np.uint8


@pytest.mark.parametrize("size", [None, (16, 16)])
def test_nothing_to_resize_leaves_the_pixels(size):
    np.testing.assert_array_equal(images.resize(_gradient(), size), _gradient())


def test_resized_constant_stays_constant():
    image = np.full((7, 5, 3), 255, np.uint8)
    resized = images.resize(image, (12, 12)).numpy()
    np.testing.assert_array_equal(resized, np.full((12, 12, 3), 255))


def test_too_many_images_for_memory_is_an_error():
    shape = (1024, 1024, 3)  # 3 MiB: 1365.3 of them are 4 GiB.
    images.check_memory(1365, shape)
    with pytest.raises(errors.UserError, match="1366 of 1024x1024x3.*--max"):
        images.check_memory(1366, shape)


def test_floats_take_four_times_the_memory():
    shape = (1024, 1024, 1)
    images.check_memory(1024, shape, np.float32)
    with pytest.raises(errors.UserError, match=r"x1, float32.*examples\.$"):
        images.check_memory(1025, shape, np.float32)


def test_a_picture_that_fills_the_memory_is_not_decoded():
    head = struct.pack(">II5B", 10_000, 8_001, 8, 2, 0, 0, 0)
    data = struct.pack(">I4s", len(head), b"IHDR") + head
    data += struct.pack(">I", zlib.crc32(b"IHDR" + head))
    data += struct.pack(">I4sI", 0, b"IDAT", zlib.crc32(b"IDAT"))
    with pytest.raises(ValueError, match="at most 80000000 pixels"):
        images.decode(b"\x89PNG\r\n\x1a\n" + data)


def test_what_is_no_file_is_not_read(tmp_path):
    with pytest.raises(ValueError, match="Expected a file"):
        images.content(tmp_path)
