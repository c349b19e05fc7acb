"""Pictures of examples, read back with Pillow."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ednas_tf.evaluation import thumbnails


def drawn(example):
    """Returns the pixels of an example's picture."""
    head, _, text = thumbnails.data_uri(example).partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


@pytest.mark.parametrize("channels", [1, 3])
def test_small_images_are_kept_to_the_pixel(channels):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (5, 7, channels), np.uint8)
    expected = image[..., 0] if channels == 1 else image
    np.testing.assert_array_equal(drawn(image), expected)


def test_large_images_become_smaller_in_their_form():
    image = np.full((256, 512, 3), 77, np.uint8)
    pixels = drawn(image)
    assert pixels.shape == (64, 128, 3)
    assert np.all(pixels == 77)


@pytest.mark.parametrize("shape", [(3, 7, 1), (1, 3, 7), (3, 1, 7)])
def test_features_are_grey_over_the_range_of_most(shape):
    # Of 0 to 20 the 10th percentile is 2 and the 90th is 18.
    values = np.arange(21.0)
    expected = np.round(255 * np.clip((values - 2) / 16, 0, 1))
    found = drawn(values.astype(np.float32).reshape(shape))
    np.testing.assert_array_equal(found, expected.reshape(3, 7))


def test_few_features_that_differ_reach_from_black_to_white():
    values = np.zeros((4, 5, 1), np.float32)
    values[1, 2] = 3.0
    assert drawn(values).tolist()[1] == [0, 0, 255, 0, 0]


def test_constant_features_and_those_that_are_no_numbers_are_black():
    assert np.all(drawn(np.full((4, 3, 1), 7.0, np.float32)) == 0)
    assert np.all(drawn(np.full((4, 3, 1), np.nan, np.float32)) == 0)


@pytest.mark.parametrize(
    "example",
    [
        np.zeros((7, 4, 2), np.float32),
        np.zeros((1, 640, 1), np.float32),
        np.zeros((4, 4, 2), np.uint8),
    ],
)
def test_what_has_no_picture_has_none(example):
    assert thumbnails.data_uri(example) is None
