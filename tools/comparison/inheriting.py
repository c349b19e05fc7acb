"""What a supernet says of the networks in it, by the weights it gives them."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf.data import pipeline

_BATCH = 500
_SEED = 1
"""Of the images for the batch norms."""
_STATISTICS = ("moving_mean", "moving_variance")


def scores(supernet, space, prepared, networks, steps, batch_size):
    """Measures networks with the weights of a supernet.

    Its batch norms hold the statistics of mixed kernels. They are taken anew
    for each network, from augmented training images as in its training, and
    both results are told.

    Args:
        supernet: The supernet, as `supernet.build` returns it.
        space: Its `SearchSpace`.
        prepared: The `Dataset` and the `Augmentation`.
        networks: Per network the operation in each slot.
        steps: Batches for the statistics.
        batch_size: Images in each of them.

    Returns:
        A dictionary per network: `accuracy` and `loss` on the test split, and
        the same with `recalibrated_` before.
    """
    dataset, augmentation = prepared
    images = pipeline.training(
        dataset.splits.train, dataset, augmentation, batch_size, _SEED
    ).take(steps)
    images = [batch for batch, _ in images]
    test = list(pipeline.evaluation(dataset.splits.test, dataset, _BATCH))
    run = _runner(supernet, space)
    weights = supernet.get_weights()
    found = []
    for names in networks:
        odds = _one_hot(space, names)
        plain = _measured(run, test, odds)
        _recalibrate(supernet, run, images, odds)
        again = _measured(run, test, odds)
        supernet.set_weights(weights)
        prefixed = {f"recalibrated_{k}": value for k, value in again.items()}
        found.append({**plain, **prefixed})
    return found


def _recalibrate(supernet, run, batches, odds):
    """Gives the batch norms the statistics of one network, and no others."""
    statistics = [
        variable
        for variable in supernet.non_trainable_variables
        if variable.path.endswith(_STATISTICS)
    ]
    norms = (keras.layers.BatchNormalization,)
    momentum = next(n.momentum for n in supernet.layers if isinstance(n, norms))
    for variable in statistics:
        variable.assign(tf.zeros_like(variable))
    for batch in batches:
        run(batch, odds, training=True)
    share = 1.0 - momentum ** len(batches)
    for variable in statistics:
        variable.assign(variable / share)


def _runner(supernet, space):
    """Returns a function of images and the rows of all slots, one graph."""
    sizes = [len(slot.operations) for slot in space.slots]

    @tf.function(reduce_retracing=True)
    def run(images, odds, training):
        rows = [row[None] for row in tf.split(odds, sizes)]
        return supernet([images, *rows], training=training)

    return run


def _one_hot(space, names):
    """Returns ones where slots have the named operations, in one row."""
    rows = [
        [float(name == wanted) for name in slot.operations]
        for slot, wanted in zip(space.slots, names, strict=True)
    ]
    return tf.constant(np.concatenate(rows), tf.float32)


def _measured(run, batches, odds):
    right = loss = count = 0.0
    for images, labels in batches:
        logits = run(images, odds, training=False)
        labels = tf.reshape(tf.cast(labels, tf.int64), [-1])
        right += float(tf.reduce_sum(_hits(logits, labels)))
        loss += float(
            tf.reduce_sum(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
        )
        count += len(labels)
    return {"accuracy": right / count, "loss": loss / count}


def _hits(logits, labels):
    return tf.cast(tf.argmax(logits, axis=1) == labels, tf.float32)
