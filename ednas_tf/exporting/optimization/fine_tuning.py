"""The further training: a few epochs by Adam, its rate a cosine to zero."""

import collections.abc
import dataclasses
import functools
import time

import numpy as np
import tensorflow as tf
from absl import logging

from ednas_tf import criteria, errors
from ednas_tf.exporting.compression import CLUSTER, PRUNE
from ednas_tf.exporting.optimization.legacy import tf_keras
from ednas_tf.exporting.optimization.states import ROWS, State, States
from ednas_tf.networks import finiteness


@dataclasses.dataclass(frozen=True, eq=False)
class Epochs:
    """What a further training passes over.

    Attributes:
        num_steps: Batches of an epoch.
        batches: Function of the number of an epoch, from 0, that returns the
            `tf.data.Dataset` of inputs and labels whose first iteration is
            that epoch, and each other iteration the next one.
        states: `states.States` from which a broken training goes on, and into
            which this one writes; None to begin anew and keep nothing.
    """

    num_steps: int
    batches: collections.abc.Callable
    states: States | None = None


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

    def run(self, epochs, owner, flag):
        """Trains for all epochs, or those that are left of them.

        Args:
            epochs: The `Epochs`.
            owner: The `states.fingerprint` of the training.
            flag: Name of the flag to lower if the training diverges.

        Returns:
            Dictionary of the lists `loss` and `seconds`, by epoch.

        Raises:
            DivergenceError: If a loss or a weight is no number any more.
        """
        optimizer = self._optimizer(epochs.num_steps)
        kept = self._kept(optimizer)
        rows = _restored(epochs.states, owner, kept)
        done = len(rows["loss"])
        step = tf.function(functools.partial(self._step, optimizer))
        self.callback.on_train_begin()
        batches = epochs.batches(done) if done < self.settings.epochs else None
        for epoch in range(done, self.settings.epochs):
            start = time.perf_counter()
            losses = self._pass(step, batches, epoch, flag)
            self.callback.on_epoch_end(epoch)
            rows["loss"].append(float(np.mean(losses)))
            rows["seconds"].append(time.perf_counter() - start)
            logging.info("Epoch %d: %s", epoch + 1, rows["loss"][-1])
            if epochs.states is not None:
                arrays = [variable.numpy() for variable in kept]
                epochs.states.write(owner, State(rows, arrays))
        return rows

    def _optimizer(self, num_steps):
        rate = tf_keras.optimizers.schedules.CosineDecay(
            self.settings.learning_rate, self.settings.epochs * num_steps
        )
        optimizer = tf_keras.optimizers.Adam(rate)
        optimizer.build(self.variables)
        return optimizer

    def _kept(self, optimizer):
        """Returns all variables that a step changes, each of them once."""
        every = (*self.trainee.weights, *self.variables, *optimizer.variables)
        return list({id(variable): variable for variable in every}.values())

    def _pass(self, step, batches, epoch, flag):
        """Returns the loss of each step of an epoch."""
        losses = []
        for batch in batches:
            try:
                losses.append(float(step(*batch)))
            except tf.errors.InvalidArgumentError as error:
                if finiteness.failed(error) is None:
                    raise
                place = epoch, len(losses)
                raise self._diverged(place, self._cause(*batch), flag) from None
        bad = finiteness.first_weight(self.variables)
        if bad is not None:
            told = f"{bad.name} became NaN or infinite"
            raise self._diverged((epoch, len(losses) - 1), told, flag)
        return losses

    def _step(self, optimizer, inputs, labels):
        value, gradients = self._gradients(inputs, labels)
        guard = finiteness.guard(gradients, finiteness.WEIGHTS)
        with tf.control_dependencies([guard]):
            optimizer.apply_gradients(
                zip(gradients, self.variables, strict=True)
            )
        for variable, kept in self.keep:
            variable.assign(kept(variable))
        return value

    def _gradients(self, inputs, labels):
        """Returns the loss of a batch and its gradients."""
        with tf.GradientTape() as tape:
            outputs = self.trainee(inputs, training=True)
            value = criteria.strict(tf.reduce_mean(self.loss(labels, outputs)))
        return value, tape.gradient(value, self.variables)

    def _cause(self, inputs, labels):
        """Returns what was not finite first in a step that was refused."""
        trainee = self.trainee
        found = finiteness.first_output(trainee, inputs, tf_keras)
        if found is not None:
            return f"layer `{found[0]}` gave the first value that is not finite"
        _, gradients = self._gradients(inputs, labels)
        found = finiteness.last_gradient(trainee, self.variables, gradients)
        name = found[0] if found else trainee.layers[-1].name
        return f"layer `{name}` got the first gradient that is not finite"

    def _diverged(self, place, told, flag):
        epoch, step = place
        return errors.DivergenceError(
            f"Further training diverged in epoch {epoch + 1}, step {step + 1}: "
            f"{told}. What was exported before is kept; lower --{flag}, which "
            f"is {self.settings.learning_rate:g}, and export with --overwrite."
        )


def _restored(states, owner, variables):
    """Sets variables to the last state; returns its rows, empty without."""
    found = None
    if states is not None:
        found = states.latest(owner, variables)
    if found is None:
        return {name: [] for name in ROWS}
    for variable, array in zip(variables, found.arrays, strict=True):
        variable.assign(array)
    logging.info("Further training goes on after epoch %d.", found.epochs)
    return found.rows


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
