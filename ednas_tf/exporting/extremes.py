"""Ranges of tensors over calibration images."""

import numpy as np
import tensorflow as tf

from ednas_tf import errors


def of(tensors, batches):
    """Returns the smallest and the largest value of tensors, by name.

    Args:
        tensors: Function from float32 images to a dictionary of tensors.
        batches: Batches of images `(n, height, width, channels)`, read once;
            empty ones are passed over.

    Returns:
        Dictionary of pairs of numbers.

    Raises:
        UserError: Without any image.
    """

    @tf.function(reduce_retracing=True)
    def ends(images):
        return {
            name: tf.stack([tf.reduce_min(value), tf.reduce_max(value)])
            for name, value in tensors(images).items()
        }

    images = (tf.convert_to_tensor(batch, tf.float32) for batch in batches)
    found = [ends(batch) for batch in images if len(batch)]
    if not found:
        raise missing()
    pairs = {}
    for name in found[0]:
        lows, highs = np.transpose([each[name] for each in found])
        pairs[name] = float(lows.min()), float(highs.max())
    return pairs


def missing():
    """Returns the error of an export without calibration images."""
    return errors.UserError(
        "Expected calibration images, received none. Raise "
        "--calibration_examples."
    )
