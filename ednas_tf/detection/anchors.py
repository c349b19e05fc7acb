"""Boxes that a detector starts from, some at each place of its maps."""

import itertools
import math

import numpy as np

from ednas_tf.spaces import network

RATIOS = (1.0, 2.0, 0.5)
"""Width over height."""
PER_CELL = network.ANCHORS_PER_CELL
SIZES_PER_MAP = PER_CELL // len(RATIOS)

_CELLS = 2.0
_LARGEST = 0.9


def grid(map_shapes):
    """Lays anchors over the maps of a detector, as SSD does.

    Anchors of every map have the same three shapes (Liu et al. 2016,
    "SSD: Single Shot MultiBox Detector", section 2.2). Sizes grow by one factor
    from anchor to anchor, so that no size of object is farther from one than
    another. They reach beyond the image: they are not clipped.

    Args:
        map_shapes: `(height, width)` of each map, from fine to coarse.

    Returns:
        float32 array of shape `(anchors, 4)`: centre y, centre x, height and
        width, in shares of the image. Map by map, row by row, column by
        column, so it goes with a map's outputs of shape
        `(batch, height, width, PER_CELL * values)` when they are reshaped to
        `(batch, height * width * PER_CELL, values)`.
    """
    pairs = np.reshape(sizes(map_shapes), (-1, SIZES_PER_MAP))
    return np.concatenate(
        [
            _map_anchors(shape, pair)
            for shape, pair in zip(map_shapes, pairs, strict=True)
        ]
    )


def sizes(map_shapes):
    """Returns the sides of square anchors, two of each map, as shares.

    From two cells of the finest map, where an object is at least some places
    wide, but at most half of the largest.

    Args:
        map_shapes: `(height, width)` of each map, from fine to coarse.
    """
    if not map_shapes:
        raise ValueError(
            "`map_shapes` needs one map at least, or there is no anchor. "
            f"Received: map_shapes={map_shapes}"
        )
    smallest = min(_CELLS / math.sqrt(math.prod(map_shapes[0])), _LARGEST / 2)
    return np.geomspace(smallest, _LARGEST, SIZES_PER_MAP * len(map_shapes))


def _map_anchors(shape, pair):
    """Returns the anchors of one map, shape `(height * width * 6, 4)`."""
    height, width = shape
    sides = [
        (size / math.sqrt(ratio), size * math.sqrt(ratio))
        for size, ratio in itertools.product(pair, RATIOS)
    ]
    rows = (np.arange(height) + 0.5) / height
    columns = (np.arange(width) + 0.5) / width
    found = np.empty((height, width, PER_CELL, 4), np.float32)
    found[..., 0] = rows[:, None, None]
    found[..., 1] = columns[None, :, None]
    found[..., 2:] = sides
    return found.reshape(-1, 4)
