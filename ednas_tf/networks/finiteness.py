"""Whether the numbers of a training are finite, and which layer's are not."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

WEIGHTS, ALPHAS, CHANNELS = "weights", "alphas", "channels"
"""What a step learns: weights, alphas of operations, alphas of channels."""
_MARK = "The step would spoil the "


def guard(gradients, part):
    """Returns an operation that fails unless all gradients are finite.

    An update that depends on it leaves the variables as they were before the
    bad step. Outside of a graph it fails at once.

    Args:
        gradients: Tensors, or None where a variable has no gradient.
        part: What they are for, `WEIGHTS`, `ALPHAS` or `CHANNELS`.
    """
    finite = [
        tf.reduce_all(tf.math.is_finite(gradient))
        for gradient in gradients
        if gradient is not None
    ]
    good = tf.reduce_all(tf.stack(finite)) if finite else tf.constant(True)
    return tf.debugging.Assert(good, [f"{_MARK}{part}."])


def failed(error):
    """Returns the part whose guard raised an error, None for other errors.

    Args:
        error: A `tf.errors.InvalidArgumentError`.
    """
    parts = (WEIGHTS, ALPHAS, CHANNELS)
    return next((p for p in parts if f"{_MARK}{p}." in str(error)), None)


def first_output(network, inputs, k=keras):
    """Finds the first layer whose output is not finite, in training.

    Args:
        network: Functional model.
        inputs: What it reads.
        k: The Keras that the network is made by.

    Returns:
        Name of the layer, and for each row of its output whether that is bad,
        as an array of bools; or None if all outputs are finite.
    """
    layers = [
        layer
        for layer in network.layers
        if not isinstance(layer, k.layers.InputLayer)
    ]
    probe = k.Model(network.inputs, [layer.output for layer in layers])
    with kept(network.non_trainable_variables):
        outputs = probe(inputs, training=True)
    for layer, output in zip(layers, outputs, strict=True):
        bad = ~finite_rows(output)
        if bad.any():
            return layer.name, bad
    return None


def last_gradient(network, variables, gradients):
    """Finds the layer nearest to the loss whose gradient is not finite.

    It is the first one that the gradient reached.

    Args:
        network: Model with the variables in its layers.
        variables: Variables.
        gradients: Gradient of each, or None.

    Returns:
        Name of the layer and its gradient, an array; None if all are finite.
    """
    found = {
        id(variable): np.asarray(gradient)
        for variable, gradient in zip(variables, gradients, strict=True)
        if gradient is not None
    }
    for layer in reversed(network.layers):
        for variable in layer.weights:
            gradient = found.get(id(variable), np.zeros(()))
            if not np.isfinite(gradient).all():
                return layer.name, gradient
    return None


def first_weight(variables):
    """Returns the first variable with a value that is not finite, or None."""
    for variable in variables:
        values = np.asarray(variable)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            return variable
    return None


def finite_rows(values):
    """Returns for each place of the first axis whether all of it is finite."""
    values = np.asarray(values)
    return np.isfinite(values.reshape(len(values), -1)).all(axis=1)


@contextlib.contextmanager
def kept(variables):
    """Gives variables their values back after the block."""
    values = [np.array(variable) for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
