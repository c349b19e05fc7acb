"""Tests of moving images and boxes, against numpy, scipy and pixels."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from ednas_tf import data
from ednas_tf.data import moves

_NOTHING = [-1, 0, 0, 0, 0, 0]


def _images(num_images, height, width, channels=3):
    generator = np.random.default_rng(0)
    shape = (num_images, height, width, channels)
    return generator.integers(0, 256, shape).astype(np.float32)


def _shifted(corners, shifts, mirrored=False, padding=2, label=5):
    """Moves one object of an image of 10 x 20 pixels."""
    move = moves.Move(
        shifts=tf.constant([shifts]),
        mirrored=tf.constant([mirrored]),
        padding=padding,
    )
    objects = np.float32([[[label, *corners, 1], _NOTHING]])
    return moves.move_objects(objects, move, (10, 20)).numpy()[0]


@settings(deadline=None, max_examples=25)
@given(padding=st.integers(0, 3), seed=st.integers(0, 1000))
def test_shift_and_mirror_is_a_window_of_the_padded_image(padding, seed):
    images = _images(6, 5, 5)
    generator = np.random.default_rng(seed)
    shifts = generator.integers(0, 2 * padding + 1, (6, 2)).astype(np.int32)
    mirrored = generator.random(6) < 0.5
    result = moves.shift_and_mirror(images, shifts, mirrored, padding)
    sides = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    padded = np.pad(images, sides)
    for i, (top, left) in enumerate(shifts):
        window = padded[i, top : top + 5, left : left + 5]
        expected = window[:, ::-1] if mirrored[i] else window
        np.testing.assert_array_equal(result[i], expected)


def test_shift_and_mirror_keeps_height_and_width_apart():
    image = np.arange(6, dtype=np.float32).reshape(1, 2, 3, 1)
    result = moves.shift_and_mirror(
        image, np.array([[2, 0]], np.int32), np.array([False]), padding=1
    )
    np.testing.assert_array_equal(result[0, ..., 0], [[0, 3, 4], [0, 0, 0]])


@settings(deadline=None, max_examples=25)
@given(
    ratio=st.floats(0.5, 2, width=32),
    centre=st.tuples(*[st.floats(0, 1, width=32)] * 2),
)
def test_zoom_is_that_of_scipy(ratio, centre):
    images = _images(1, 9, 12)
    zoomed = moves.zoom(images, np.float32([ratio]), np.float32([centre]))
    middles = np.float64(centre) * (1 - ratio) * (9, 12) + 0.5 * ratio - 0.5
    expected = ndimage.affine_transform(
        images[0],
        [ratio, ratio, 1],
        [*middles, 0],
        order=1,
        mode="grid-constant",
    )
    np.testing.assert_allclose(zoomed[0], expected, atol=0.01)


def test_a_window_of_half_the_side_shows_things_twice_as_large():
    image = np.zeros((1, 8, 8, 1), np.float32)
    image[0, :2, :2] = 200
    zoomed = moves.zoom(image, np.float32([0.5]), np.float32([[0, 0]])).numpy()
    assert np.all(zoomed[0, 1:3, 1:3] == 200)
    assert np.all(zoomed[0, 5:] == 0)


def test_a_shift_moves_a_box_by_its_pixels():
    # The window starts one pixel above the image and two to the right.
    (moved, other) = _shifted([0.2, 0.3, 0.4, 0.5], [1, 4])
    np.testing.assert_allclose(moved, [5, 0.3, 0.2, 0.5, 0.4, 1], atol=1e-6)
    assert other.tolist() == _NOTHING


def test_a_mirror_changes_left_and_right_of_a_box():
    moved = _shifted([0.2, 0.3, 0.4, 0.6], [2, 2], mirrored=True)[0]
    np.testing.assert_allclose(moved[1:5], [0.2, 0.4, 0.4, 0.7], atol=1e-6)


def test_a_box_is_cut_at_the_border():
    # Two of its five rows leave at the top: 60 % stay.
    moved = _shifted([0, 0.1, 0.5, 0.3], [4, 2])[0]
    np.testing.assert_allclose(moved[:5], [5, 0, 0.1, 0.3, 0.3], atol=1e-6)


@pytest.mark.parametrize(("gone", "stays"), [(1, True), (2, True), (3, False)])
def test_a_box_with_less_than_a_third_in_sight_is_none(gone, stays):
    # Of its four rows, so many leave at the top.
    moved = _shifted([0, 0, 0.4, 0.5], [4 + gone, 4], padding=4)[0]
    assert (moved[0] == 5) == stays
    assert stays or moved.tolist() == _NOTHING


def test_a_zoom_moves_a_box_around_the_point_that_stays():
    move = moves.Move(
        ratios=tf.constant([0.5]), centres=tf.constant([[0.0, 1.0]])
    )
    objects = np.float32([[[3, 0.1, 0.6, 0.3, 0.9, 0]]])
    moved = moves.move_objects(objects, move, (8, 8)).numpy()
    expected = [3, 0.2, 0.2, 0.6, 0.8, 0]
    np.testing.assert_allclose(moved[0, 0], expected, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_boxes_stay_around_the_pixels_that_they_were_drawn_of(seed):
    side, (top, left, bottom, right) = 64, (16, 24, 40, 56)
    image = np.zeros((1, side, side, 1), np.float32)
    image[0, top:bottom, left:right] = 255
    recipe = data.Augmentation(crop_padding=8, flip=True, zoom=0.25)
    move = moves.draw(1, recipe, tf.random.split((seed, 0), 3))
    corners = np.array([top, left, bottom, right]) / side
    objects = np.float32([[[0, *corners, 0]]])
    moved = moves.move_objects(objects, move, (side, side)).numpy()[0, 0]
    rows, columns, _ = np.nonzero(moves.move_images(image, move)[0] > 127)
    seen = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
    np.testing.assert_allclose(moved[1:5] * side, seen, atol=1)


def test_without_changes_nothing_moves():
    move = moves.draw(2, data.Augmentation(), tf.random.split((1, 2), 3))
    images = _images(2, 4, 4)
    objects = np.float32([[[1, 0.1, 0.2, 0.3, 0.4, 1]], [_NOTHING]])
    assert moves.move_images(images, move) is images
    moved = moves.move_objects(objects, move, (4, 4))
    np.testing.assert_array_equal(moved, objects)
