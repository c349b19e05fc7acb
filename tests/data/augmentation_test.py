"""Tests of random changes of images, against numpy and tf.image."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf.data import augmentation

_SEED = (3, 4)


def _images(num_images=6, side=5, channels=3):
    generator = np.random.default_rng(0)
    shape = (num_images, side, side, channels)
    return generator.integers(0, 256, shape).astype(np.float32)


def _augment(images, seed=_SEED, **changes):
    recipe = augmentation.Augmentation(**changes)
    return augmentation.augment(images, recipe, tf.constant(seed)).numpy()


@settings(deadline=None, max_examples=25)
@given(largest=st.integers(0, 6), seed=st.integers(0, 1000))
def test_a_shift_in_time_repeats_the_frame_at_the_end(largest, seed):
    features = np.arange(10 * 7, dtype=np.float32).reshape(10, 7, 1, 1) - 30
    recipe = augmentation.Augmentation(crop_padding=largest)
    shifted = augmentation.shift_in_time(features, recipe, (seed, 0))
    for before, after in zip(features, np.array(shifted), strict=True):
        padded = np.pad(before[:, 0, 0], largest, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 7)
        assert np.any(np.all(windows == after[:, 0, 0], axis=1))


def test_a_shift_in_time_goes_both_ways():
    features = np.tile(np.arange(9.0, dtype=np.float32), (64, 1))
    recipe = augmentation.Augmentation(crop_padding=2)
    shifted = augmentation.shift_in_time(
        features[..., None, None], recipe, (1, 2)
    )
    middle = np.array(shifted)[:, 4, 0, 0]
    assert set(middle) == {2.0, 3.0, 4.0, 5.0, 6.0}


def test_recolour_is_that_of_tf_image():
    images = _images() / 255
    turns = np.array([-0.5, -0.1, 0, 0.02, 0.3, 0.5], np.float32)
    factors = np.array([0, 0.5, 1, 1.2, 1.9, 3], np.float32)
    result = augmentation.recolour(images, turns, factors)
    for i in range(6):
        expected = tf.image.adjust_hue(images[i], turns[i])
        expected = tf.image.adjust_saturation(expected, factors[i])
        np.testing.assert_allclose(result[i], expected, atol=1e-5)


def test_recolour_does_not_depend_on_the_scale():
    images = _images()
    change = np.full(6, 0.2, np.float32), np.full(6, 1.3, np.float32)
    large = augmentation.recolour(images, *change)
    small = augmentation.recolour(images / 255, *change)
    np.testing.assert_allclose(large, small * 255, atol=1e-2)


def test_without_changes_images_stay():
    np.testing.assert_array_equal(_augment(_images()), _images())


def test_flip_mirrors_about_half_of_the_images():
    images = _images(400, side=2)
    result = _augment(images, flip=True)
    mirrored = np.all(result == images[:, :, ::-1], axis=(1, 2, 3))
    same = np.all(result == images, axis=(1, 2, 3))
    assert np.all(mirrored | same)
    assert 150 < mirrored.sum() < 250  # 200 expected, deviation 10.


def test_crop_reaches_every_shift():
    images = np.zeros((400, 3, 3, 1), np.float32)
    images[:, 1, 1] = 255
    result = _augment(images, crop_padding=1)
    # The white pixel lands on each of the 3x3 places: 44 times on average.
    counts = (result[..., 0] == 255).sum(axis=0)
    assert counts.sum() == 400
    assert counts.min() > 15


def test_brightness_scales_each_image_by_its_own_factor():
    images = np.full((300, 2, 2, 1), 100, np.float32)
    result = _augment(images, brightness=0.2)
    assert np.all(np.ptp(result, axis=(1, 2, 3)) < 1e-3)
    factors = result[:, 0, 0, 0] / 100
    assert 0.8 <= factors.min() < 0.82
    assert 1.18 < factors.max() <= 1.2
    assert abs(factors.mean() - 1) < 0.03


def test_pixels_stay_in_range():
    result = _augment(
        _images(50), hue=0.5, saturation=1.0, brightness=1.0, flip=True
    )
    assert result.min() >= 0
    assert 250 < result.max() <= 255


def test_equal_seeds_change_equally_and_others_differ():
    changes = {"crop_padding": 2, "flip": True, "hue": 0.1, "brightness": 0.3}
    first = _augment(_images(), **changes)
    np.testing.assert_array_equal(first, _augment(_images(), **changes))
    assert np.any(first != _augment(_images(), seed=(3, 5), **changes))


def test_brightness_does_not_move_the_crop():
    plain = _augment(_images(), crop_padding=2)
    dimmed = _augment(_images(), crop_padding=2, brightness=0.1)
    np.testing.assert_array_equal(plain == 0, dimmed == 0)


def test_objects_do_not_change_what_happens_to_images():
    changes = augmentation.Augmentation(2, True, 0.1, 0.2, 0.2, zoom=0.3)
    images, objects = augmentation.augment_with_objects(
        _images(), np.zeros((6, 4, 6), np.float32), changes, _SEED
    )
    expected = augmentation.augment(_images(), changes, _SEED)
    np.testing.assert_array_equal(images, expected)
    assert objects.shape == (6, 4, 6)


def test_a_zoom_does_not_move_the_colours_of_a_flat_image():
    flat = np.full((50, 4, 4, 1), 100, np.float32)
    plain = _augment(flat, brightness=0.2)
    zoomed = _augment(flat, brightness=0.2, zoom=0.25)
    # The middle of a larger image stays in sight, at its own brightness.
    largest = zoomed.max(axis=(1, 2, 3))
    np.testing.assert_allclose(largest, plain[:, 0, 0, 0], rtol=1e-4)


@pytest.mark.parametrize("channels", [1, 3])
def test_shapes_stay_static_in_a_graph(channels):
    recipe = augmentation.parse("auto", "x", (8, 8, channels), task="detection")

    @tf.function(input_signature=[tf.TensorSpec((4, 8, 8, channels))])
    def augment(images):
        result = augmentation.augment(images, recipe, tf.constant(_SEED))
        assert result.shape == (4, 8, 8, channels)
        return result

    assert augment(np.ones((4, 8, 8, channels), np.float32)).dtype == "float32"
