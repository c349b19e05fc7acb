"""Boxes: overlaps against counted pixels, encoding against its inverse."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf.detection import anchors, boxes

_SIDE = 9


@st.composite
def pixel_boxes(draw):
    """Corners on a raster, at least one pixel each."""
    starts = [draw(st.integers(0, _SIDE - 1)) for _ in range(2)]
    ends = [draw(st.integers(start + 1, _SIDE)) for start in starts]
    return [*starts, *ends]


@st.composite
def inner_boxes(draw):
    """Corners in shares of the image, sides of 0.03 at least."""
    sides = [draw(st.floats(0.03, 1.0)) for _ in range(2)]
    starts = [draw(st.floats(0.0, 1.0)) * (1 - side) for side in sides]
    return [*starts, *np.add(starts, sides)]


def _painted(box):
    image = np.zeros((_SIDE, _SIDE), bool)
    image[box[0] : box[2], box[1] : box[3]] = True
    return image


@settings(deadline=None, max_examples=60)
@given(st.lists(pixel_boxes(), min_size=1, max_size=4), pixel_boxes())
def test_iou_is_a_share_of_pixels(several, one):
    expected = [
        [(_painted(box) & _painted(one)).sum()]
        / (_painted(box) | _painted(one)).sum()
        for box in several
    ]
    several, one = np.array(several, np.float32), np.array([one], np.float32)
    np.testing.assert_allclose(boxes.iou(several, one), expected, rtol=1e-6)
    received = boxes.iou(several, one, k=np)
    assert isinstance(received, np.ndarray)
    np.testing.assert_allclose(received, expected, rtol=1e-6)


def test_iou_by_hand():
    first = np.array([[0.0, 0.0, 0.5, 1.0], [0.25, 0.25, 0.75, 0.75]])
    second = np.array([[0.0, 0.0, 1.0, 1.0], [0.5, 0.0, 1.0, 1.0]])
    # 1/8 is shared of 1/4 + 1/2 - 1/8.
    expected = [[0.5, 0.0], [0.25, 0.2]]
    np.testing.assert_allclose(boxes.iou(first, second, k=np), expected)


def test_boxes_without_area_overlap_nothing():
    point = np.array([[0.5, 0.5, 0.5, 0.5], [0.6, 0.6, 0.4, 0.4]])
    np.testing.assert_array_equal(boxes.iou(point, point, k=np), 0)


def test_iou_is_taken_for_each_image_of_a_batch():
    first = np.random.default_rng(0).random((3, 2, 4))
    first[..., 2:] += first[..., :2]
    second = first[:, ::-1]
    received = boxes.iou(first, second)
    assert received.shape == (3, 2, 2)
    for place in range(3):
        expected = boxes.iou(first[place], second[place], k=np)
        np.testing.assert_allclose(received[place], expected, rtol=1e-6)


def test_corners_and_centres_by_hand():
    corners, centres = [[0.1, 0.2, 0.5, 0.3]], [[0.3, 0.25, 0.4, 0.1]]
    np.testing.assert_allclose(boxes.corners(np.array(centres)), corners)
    np.testing.assert_allclose(boxes.centres(np.array(corners)), centres)


def test_encode_by_hand():
    anchor = np.array([[0.5, 0.5, 0.2, 0.4]])
    corners = np.array([[0.32, 0.1, 0.72, 0.98]])  # Centre 0.52, 0.54.
    expected = [[0.1 / 0.1, 0.1 / 0.1, np.log(2) / 0.2, np.log(2.2) / 0.2]]
    np.testing.assert_allclose(boxes.encode(corners, anchor), expected)


@settings(deadline=None, max_examples=60)
@given(inner_boxes(), st.integers(0, 5 * 6 - 1))
def test_decode_undoes_encode(corners, place):
    grid = anchors.grid([(2, 2), (1, 1)])
    corners = np.full((30, 4), corners, np.float32)
    decoded = boxes.decode(boxes.encode(corners, grid), grid)
    np.testing.assert_allclose(decoded[place], corners[place], atol=1e-5)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_encode_undoes_decode(seed):
    grid = anchors.grid([(2, 2)])
    offsets = np.random.default_rng(seed).normal(size=(3, 24, 4)) * 3
    offsets = offsets.astype(np.float32)
    again = boxes.encode(boxes.decode(offsets, grid), grid)
    np.testing.assert_allclose(again, offsets, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("offset", [1e4, -1e4])
def test_wild_offsets_and_flat_boxes_stay_finite(offset):
    grid = anchors.grid([(1, 1)])
    wild = np.full((6, 4), offset, np.float32)
    assert np.isfinite(boxes.decode(wild, grid)).all()
    assert np.isfinite(boxes.encode(np.zeros((6, 4), np.float32), grid)).all()


def test_boxes_work_in_a_graph_of_any_batch():
    grid = anchors.grid([(2, 2)])

    @tf.function(input_signature=[tf.TensorSpec((None, 24, 4))])
    def overlaps(offsets):
        return boxes.iou(boxes.decode(offsets, grid), boxes.corners(grid))

    received = overlaps(tf.zeros((2, 24, 4)))
    np.testing.assert_allclose(tf.linalg.diag_part(received), 1, rtol=1e-5)
