"""Networks of random weights, and noise to train them on."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import spaces
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


def loss(labels, logits):
    """Cross-entropy of each example."""
    hot = keras.ops.one_hot(labels, _NUM_CLASSES)
    return keras.losses.categorical_crossentropy(hot, logits, from_logits=True)
