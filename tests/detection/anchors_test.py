"""Anchors against grids that were laid by hand."""

import numpy as np
import pytest

from ednas_tf.detection import anchors


def test_every_cell_has_six_anchors():
    assert anchors.PER_CELL == 6
    grid = anchors.grid([(4, 3), (2, 2)])
    assert grid.shape == ((12 + 4) * 6, 4)
    assert grid.dtype == np.float32


def test_a_single_cell_by_hand():
    # Two cells of a 1x1 map are more than the image: half of the largest.
    root = np.sqrt(2)
    sides = [(1, 1), (1 / root, root), (root, 1 / root)]
    expected = [
        (0.5, 0.5, size * height, size * width)
        for size in (0.45, 0.9)
        for height, width in sides
    ]
    np.testing.assert_allclose(anchors.grid([(1, 1)]), expected, rtol=1e-6)


def test_centres_go_row_by_row():
    centres = anchors.grid([(2, 4)]).reshape(2, 4, 6, 4)[..., :2]
    np.testing.assert_allclose(centres[1, 2], [[0.75, 0.625]] * 6)
    np.testing.assert_allclose(centres[0, 3], [[0.25, 0.875]] * 6)


def test_order_is_that_of_a_reshaped_map():
    outputs = np.zeros((1, 3, 5, 6 * 2))
    outputs[0, 1, 4, 5 * 2 : 6 * 2] = 1
    place = np.argmax(outputs.reshape(1, 3 * 5 * 6, 2)[0, :, 0])
    found = anchors.grid([(3, 5)])[place]
    # The sixth shape: the larger size, twice as high as wide.
    sides = [0.9 * np.sqrt(2), 0.9 / np.sqrt(2)]
    np.testing.assert_allclose(found, [1.5 / 3, 4.5 / 5, *sides], rtol=1e-6)


def test_maps_follow_each_other():
    grid = anchors.grid([(2, 2), (1, 1)])
    np.testing.assert_allclose(grid[:6, :2], [[0.25, 0.25]] * 6)
    np.testing.assert_allclose(grid[-6:, :2], [[0.5, 0.5]] * 6)


def test_sizes_grow_by_one_factor_from_two_cells_to_most_of_the_image():
    sizes = anchors.sizes([(16, 16), (8, 8), (4, 4)])
    factor = (0.9 / 0.125) ** 0.2
    np.testing.assert_allclose(sizes, 0.125 * factor ** np.arange(6))


def test_areas_of_all_ratios_are_equal():
    _, _, heights, widths = anchors.grid([(8, 8)])[:3].T
    np.testing.assert_allclose(heights * widths, 0.25**2, rtol=1e-6)
    np.testing.assert_allclose(widths / heights, [1, 2, 0.5], rtol=1e-6)


def test_no_map_is_refused():
    with pytest.raises(ValueError, match="one map at least"):
        anchors.grid([])
