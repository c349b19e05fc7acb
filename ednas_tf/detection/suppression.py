"""From a detector's outputs to the objects that it found."""

import numpy as np
import tensorflow as tf

from ednas_tf.detection import boxes

_BATCH = 64


def detections(
    offsets,
    scores,
    anchors,
    smallest_score=0.01,
    largest_overlap=0.45,
    most=200,
):
    """Keeps of boxes on the same object only the one with the best score.

    Class by class, with the numbers of SSD (Liu et al. 2016, section 3).

    Args:
        offsets: Encoded boxes, shape `(images, anchors, 4)`.
        scores: Shape `(images, anchors, classes)`, from 0 to 1.
        anchors: Centres, shape `(anchors, 4)`.
        smallest_score: Boxes that score no more than this are left out.
        largest_overlap: Of two boxes of a class that overlap more, the lower
            one goes.
        most: Detections of an image at most; the best ones stay.

    Returns:
        A list of one float32 array per image, of shape `(found, 6)`: class,
        score and corners within 0..1, best first.
    """
    limits = (most, largest_overlap, smallest_score)
    found = []
    for start in range(0, len(offsets), _BATCH):
        batch = slice(start, start + _BATCH)
        found += _suppress(offsets[batch], scores[batch], anchors, limits)
    return found


def _suppress(offsets, scores, anchors, limits):
    most, largest_overlap, smallest_score = limits
    anchors = tf.cast(anchors, tf.float32)
    places = boxes.decode(tf.cast(offsets, tf.float32), anchors)
    places = tf.clip_by_value(places, 0.0, 1.0)
    # A box outside of the image overlaps nothing, so nothing would remove it.
    inside = tf.cast(boxes.area(places) > 0, tf.float32)
    result = tf.image.combined_non_max_suppression(
        places[:, :, None],
        tf.cast(scores, tf.float32) * inside[..., None],
        max_output_size_per_class=most,
        max_total_size=most,
        iou_threshold=largest_overlap,
        score_threshold=smallest_score,
        clip_boxes=False,
    )
    kept, kept_scores, classes, counts = [tensor.numpy() for tensor in result]
    rows = np.concatenate(
        [classes[..., None], kept_scores[..., None], kept], axis=-1
    )
    return [row[:count] for row, count in zip(rows, counts, strict=True)]
