"""The further training: a few epochs by Adam, its rate a cosine to zero."""

import functools
import time

import numpy as np
import tensorflow as tf
from absl import logging

from ednas_tf import errors
from ednas_tf.exporting.compression import CLUSTER, PRUNE
from ednas_tf.exporting.optimization.legacy import tf_keras


class Trainer:
    """Trains the variables of a network on.

    Args:
        network: The `rebuilding.Network`.
        loss: Function from labels and outputs to the loss of each example.
        settings: The `compression.Settings`.
        callback: What watches, a callback of `tf_keras`.
        keep: Pairs of a variable and the function that each step applies to
            it at the end.
    """

    def __init__(self, network, loss, settings, callback=None, keep=()):
        self.variables = network.trained
        self.trainee = network.trainee()
        self.loss = loss
        self.settings = settings
        self.callback = callback or tf_keras.callbacks.Callback()
        self.callback.set_model(self.trainee)
        self.keep = keep

    def run(self, batches, flag):
        """Trains for all epochs.

        Args:
            batches: `tf.data.Dataset` of inputs and labels; each iteration is
                an epoch.
            flag: Name of the flag to lower if the training diverges.

        Returns:
            Dictionary of the lists `loss` and `seconds`, by epoch.

        Raises:
            UserError: If a loss or a weight is no number any more.
        """
        steps = self.settings.epochs * num_steps(batches)
        rate = tf_keras.optimizers.schedules.CosineDecay(
            self.settings.learning_rate, steps
        )
        optimizer = tf_keras.optimizers.Adam(rate)
        optimizer.build(self.variables)
        step = tf.function(functools.partial(self._step, optimizer))
        rows = {"loss": [], "seconds": []}
        self.callback.on_train_begin()
        for epoch in range(self.settings.epochs):
            start = time.perf_counter()
            found = np.mean([step(*batch) for batch in batches])
            self.callback.on_epoch_end(epoch)
            rows["loss"].append(float(found))
            rows["seconds"].append(time.perf_counter() - start)
            logging.info("Further training, epoch %d: %s", epoch, found)
            self._check(found, flag)
        return rows

    def _step(self, optimizer, inputs, labels):
        with tf.GradientTape() as tape:
            outputs = self.trainee(inputs, training=True)
            value = tf.reduce_mean(self.loss(labels, outputs))
        gradients = tape.gradient(value, self.variables)
        optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
        for variable, kept in self.keep:
            variable.assign(kept(variable))
        return value

    def _check(self, found, flag):
        weights = [tf.reduce_sum(variable) for variable in self.variables]
        if not np.all(np.isfinite([found, *weights])):
            raise errors.UserError(
                "Expected finite weights after further training. Received NaN "
                f"or infinity. Lower --{flag}, which is "
                f"{self.settings.learning_rate:g}."
            )


def num_steps(batches):
    """Returns the steps of an epoch."""
    steps = int(batches.cardinality())
    if steps < 1:
        raise ValueError(
            "Expected batches of a known number. Received a "
            f"`cardinality` of {steps}; assert it."
        )
    return steps


def keepers(kernels, method):
    """Returns the pairs `keep` of a `Trainer`.

    Args:
        kernels: Variables.
        method: `prune` for zeros that stay zeros, `cluster` for equal weights
            of a kernel that stay equal, `none` for neither.
    """
    makers = {PRUNE: _zeros, CLUSTER: _ties}
    if method not in makers:
        return []
    return [(kernel, makers[method](kernel.numpy())) for kernel in kernels]


def _zeros(kernel):
    mask = (kernel != 0).astype(kernel.dtype)
    return lambda values: values * mask


def _ties(kernel):
    different, places = np.unique(kernel, return_inverse=True)
    places = places.reshape(-1)

    def tie(values):
        flat = tf.reshape(values, (-1,))
        means = tf.math.unsorted_segment_mean(flat, places, len(different))
        return tf.reshape(tf.gather(means, places), kernel.shape)

    return tie
