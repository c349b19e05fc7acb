"""Boxes: by corners, by centre, from an anchor; and how much two overlap.

Corners are `(ymin, xmin, ymax, xmax)`, centres `(y, x, height, width)`, on
the last axis and in one unit, such as shares of the image. There is no "+ 1":
a box ends where it ends, not at the far side of a pixel.
"""

import math

from keras import ops

VARIANCES = (0.1, 0.1, 0.2, 0.2)
"""What offsets are divided by, so that they spread about as wide as one."""

_SMALLEST_SIDE = 1e-6
_SMALLEST_AREA = 1e-12
_LARGEST_GROWTH = math.log(1000 / 16)


def corners(centres):
    """Turns centres, shape `(..., 4)`, into corners."""
    middles, sides = centres[..., :2], centres[..., 2:]
    return ops.concatenate(
        [middles - sides / 2.0, middles + sides / 2.0], axis=-1
    )


def centres(corners):
    """Turns corners, shape `(..., 4)`, into centres."""
    starts, ends = corners[..., :2], corners[..., 2:]
    return ops.concatenate([(starts + ends) / 2.0, ends - starts], axis=-1)


def area(corners, k=ops):
    """Returns the areas of boxes, shape `(...)`; 0 where none is left.

    Args:
        corners: Tensor or array of shape `(..., 4)`.
        k: `numpy` for arrays that are to stay arrays.
    """
    sides = k.maximum(corners[..., 2:] - corners[..., :2], 0.0)
    return sides[..., 0] * sides[..., 1]


def iou(first, second, k=ops):
    """Divides the area that two boxes share by the area that both cover.

    Args:
        first: Corners, shape `(..., n, 4)`.
        second: Corners, shape `(..., m, 4)`.
        k: `numpy` for arrays that are to stay arrays.

    Returns:
        Tensor of shape `(..., n, m)`, from 0 to 1; boxes without area share
        nothing.
    """
    first, second = first[..., :, None, :], second[..., None, :, :]
    shared = _shared_side(first, second, 0, k) * _shared_side(
        first, second, 1, k
    )
    covered = area(first, k) + area(second, k) - shared
    return shared / k.maximum(covered, _SMALLEST_AREA)


def encode(corners, anchors):
    """Tells boxes by what moves and stretches their anchors to them.

    Girshick et al. 2014 (R-CNN, appendix C), divided by SSD's variances.

    Args:
        corners: Tensor of shape `(..., anchors, 4)`.
        anchors: Centres, shape `(anchors, 4)`.

    Returns:
        Offsets of shape `(..., anchors, 4)`: of y and x in heights and widths
        of the anchor, then the logarithms of the growth of height and width,
        each divided by its variance.
    """
    boxes = centres(corners)
    shifts = (boxes[..., :2] - anchors[..., :2]) / anchors[..., 2:]
    sides = ops.maximum(boxes[..., 2:], _SMALLEST_SIDE)
    growths = ops.log(sides / anchors[..., 2:])
    offsets = ops.concatenate([shifts, growths], axis=-1)
    return offsets / ops.convert_to_tensor(VARIANCES, offsets.dtype)


def decode(offsets, anchors):
    """Returns the corners that `encode` made offsets of.

    A side grows at most by 62.5 (as Detectron has it), so that wild offsets
    stay finite.

    Args:
        offsets: Tensor of shape `(..., anchors, 4)`.
        anchors: Centres, shape `(anchors, 4)`.
    """
    offsets = ops.convert_to_tensor(offsets)
    offsets = offsets * ops.convert_to_tensor(VARIANCES, offsets.dtype)
    middles = offsets[..., :2] * anchors[..., 2:] + anchors[..., :2]
    growths = ops.exp(ops.minimum(offsets[..., 2:], _LARGEST_GROWTH))
    sides = growths * anchors[..., 2:]
    return corners(ops.concatenate([middles, sides], axis=-1))


def _shared_side(first, second, axis, k):
    """Returns how long the boxes run side by side along y (0) or x (1).

    One axis at a time: with both of them on a last axis of two, TensorFlow
    takes 16 times as long.
    """
    start = k.maximum(first[..., axis], second[..., axis])
    end = k.minimum(first[..., axis + 2], second[..., axis + 2])
    return k.maximum(end - start, 0.0)
