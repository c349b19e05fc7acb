"""Networks of random weights, and noise to train them on."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import spaces
from ednas_tf.exporting import optimization
from ednas_tf.networks import derived
from tests import small

_NUM_CLASSES = 4


def network(names, **kwargs):
    """Returns a network of random weights with these operations."""
    architecture = spaces.choose(small.skeleton(**kwargs), names)
    model = derived.build(architecture)
    small.randomize(model)
    return model


def batches(num_steps=2, size=8):
    """Returns steps of noise, the same in each epoch."""
    images, labels = small.batch(num_steps * size)
    whole = tf.data.Dataset.from_tensor_slices((np.clip(images, -1, 1), labels))
    return whole.batch(size)


def epochs(num_steps=2, change=None, states=None):
    """Returns `Epochs` of noise, the same in each of them.

    Args:
        num_steps: Steps of an epoch.
        change: Function of images and labels that changes them.
        states: The `States`.
    """
    whole = batches(num_steps)
    if change is not None:
        whole = whole.map(change)
    return optimization.Epochs(num_steps, lambda _: whole, states)


def loss(labels, logits):
    """Cross-entropy of each example."""
    hot = keras.ops.one_hot(labels, _NUM_CLASSES)
    return keras.losses.categorical_crossentropy(hot, logits, from_logits=True)
