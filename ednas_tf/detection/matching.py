"""Which anchors are to find which objects: the targets of a detector."""

from typing import Any, NamedTuple

import tensorflow as tf

from ednas_tf.detection import boxes

FOUND = 0.5
"""Overlap from which on an anchor is to find an object."""
BACKGROUND = 0.4
"""Overlap below which an anchor is to find nothing."""


class Targets(NamedTuple):
    """What a detector is to say of a batch, in float32.

    Attributes:
        classes: Shape `(batch, anchors, classes)`: one-hot, zeros where there
            is no object.
        offsets: Encoded boxes, shape `(batch, anchors, 4)`; zeros where there
            is no object.
        positives: Shape `(batch, anchors)`: 1 where there is an object.
        weights: Shape `(batch, anchors)`: 1 for the anchors whose classes
            count, 0 for those between object and background.
    """

    classes: Any
    offsets: Any
    positives: Any
    weights: Any


def targets(labels, anchors, num_classes):
    """Gives objects to anchors, as SSD and RetinaNet do.

    An anchor is to find the object that it overlaps most, if by 0.5 or more;
    from 0.4 on it is left alone, below it is background (Lin et al. 2017,
    "Focal Loss for Dense Object Detection", section 4). Each object also gets
    the anchor that overlaps it most, however little (SSD, section 2.2); where
    that is the same anchor for several, the one that it overlaps most keeps it.

    Args:
        labels: Tensor of shape `(batch, max_boxes, 6)`: class, corners and
            whether the object is ignored in evaluations; class -1 in rows
            without object.
        anchors: Centres, shape `(anchors, 4)`.
        num_classes: Classes of objects.

    Returns:
        A `Targets`.
    """
    labels = tf.cast(labels, tf.float32)
    anchors = tf.cast(anchors, tf.float32)
    overlaps = boxes.iou(labels[..., 1:5], boxes.corners(anchors))
    overlaps = tf.where(labels[..., :1] >= 0, overlaps, -1.0)
    owners, strengths = _owners(overlaps)
    positives = strengths >= FOUND
    objects = tf.gather(labels, owners, batch_dims=1)
    classes = tf.where(positives, tf.cast(objects[..., 0], tf.int32), -1)
    # An anchor that finds nothing is its own target: rows without object have
    # no sides to take a logarithm of.
    places = tf.where(
        positives[..., None], objects[..., 1:5], boxes.corners(anchors)
    )
    offsets = boxes.encode(places, anchors)
    return Targets(
        classes=tf.one_hot(classes, num_classes),
        offsets=tf.where(positives[..., None], offsets, 0.0),
        positives=tf.cast(positives, tf.float32),
        weights=tf.cast(positives | (strengths < BACKGROUND), tf.float32),
    )


def _owners(overlaps):
    """Returns the object of each anchor and how strongly it has it.

    Args:
        overlaps: Shape `(batch, max_boxes, anchors)`, -1 without object.

    Returns:
        Places of objects and strengths, both of shape `(batch, anchors)`: a
        strength is the overlap, and one more where the anchor is the object's
        best.
    """
    best = tf.argmax(overlaps, axis=2)
    best = tf.one_hot(best, tf.shape(overlaps)[2], True, False, dtype=tf.bool)
    claims = tf.where(best & (overlaps > 0), overlaps + 1.0, overlaps)
    # Over the last axis this is some times faster than over the middle one.
    strengths, owners = tf.math.top_k(tf.transpose(claims, (0, 2, 1)), k=1)
    return owners[..., 0], strengths[..., 0]
