"""Weights of a Keras file, for a network with the same layers."""

import pathlib

import h5py
import keras
import numpy as np

from ednas_tf import errors
from ednas_tf.networks import correspondence
from ednas_tf.untrusted import keras_archive, keras_weights

_WEIGHTS = ".weights.h5"
_WINDOWS = ("convolution", "depthwise convolution")
_WEIGHTED = (*_WINDOWS, "dense layer")


def load(path, model, scale=1.0, offset=0.0):
    """Loads the weights of a file into a network, or raises and loads none.

    Layers meet by their place in the graph. Where the file has a bias before
    a batch norm, the batch norm's mean takes it; a file for images of another
    range gives a first convolution for ours. Both are exact, but for a border
    of zeros, which is another colour in another range.

    Args:
        path: A `.h5` or `.keras` file of a whole model, of Keras 2 or 3, or a
            `.weights.h5` of a model with the same layers as `model`.
        model: A network that `derived` or, with masks and without slots,
            `supernet` built.
        scale: Images of the file's network are `scale * ours + offset`; a
            number, or one for each channel of the image.
        offset: See `scale`.

    Raises:
        UserError: If the file cannot be read or holds another network.
    """
    source = _read(pathlib.Path(path), model)
    try:
        met = correspondence.pairs(model, source)
        found = list(_values(met, _Range(scale, offset)))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error
    for layer, values in found:
        layer.set_weights([np.asarray(v, np.float32) for v in values])


class _Range:
    """How images of the file's network follow from ours."""

    def __init__(self, scale, offset):
        self.scale, self.offset = np.asarray(scale), np.asarray(offset)
        self.same = np.all(self.scale == 1) and not np.any(self.offset)

    def fold(self, kind, kernel, bias):
        """Returns kernel and bias that do on our images what these do."""
        channels = kernel.shape[2]
        for name in ("scale", "offset"):
            size = np.size(getattr(self, name))
            if size not in (1, channels):
                raise errors.UserError(
                    f"Expected a {name} for each of {channels} channels of "
                    f"the image. Received: {size}"
                )
        taps = np.broadcast_to(self.offset, channels)[:, None] * kernel
        added = taps.sum(axis=(0, 1) if kind == _WINDOWS[1] else (0, 1, 2))
        scale = np.broadcast_to(self.scale, channels)[:, None]
        return kernel * scale, bias + added.reshape(-1)


def _read(path, model):
    """Returns the Keras model of a file."""
    if not path.is_file():
        raise errors.UserError(
            f"Expected a Keras file with weights at {path}, found none."
        )
    if not path.name.endswith((".keras", ".h5")):
        raise errors.UserError(
            f"Expected a .keras, .h5 or .weights.h5 file. Received: {path}"
        )
    if path.suffix == ".h5" and not h5py.is_hdf5(path):
        raise errors.UserError(f"Expected an HDF5 file. Received: {path}")
    try:
        check = keras_archive if path.suffix == ".keras" else keras_weights
        check.check(path)
        if path.name.endswith(_WEIGHTS):
            source = keras.models.clone_model(model)
            source.load_weights(path)
            return source
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras has no type for a file that is wrong.
        raise errors.UserError(
            f"Expected a Keras model in {path}. {errors.first_line(error)}"
        ) from error


def _values(met, images):
    """Yields layers and the values of their weights, all shapes checked."""
    biases = {}
    for step, origin in met:
        if step.kind in _WEIGHTED:
            _check_window(step, origin)
            kernel, bias = _weights(origin, images)
            values = [kernel, bias] if step.layer.use_bias else [kernel]
            biases[step] = 0.0 if step.layer.use_bias else bias
        elif step.kind == "batch norm":
            bias = biases.get(step.inputs[0], 0.0)
            values = _statistics(origin.layer, step.layer.epsilon, bias)
        else:
            _check_window(step, origin)
            continue
        _check_shapes(step, origin, values)
        yield step.layer, values


def _weights(origin, images):
    """Returns kernel and bias that the file's layer has for our images."""
    layer = origin.layer
    kernel = np.asarray(layer.kernel, np.float64)
    size = kernel.shape[-1]
    if origin.kind == _WINDOWS[1]:
        size *= kernel.shape[-2]
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(size)
    if images.same or origin.inputs[0].kind != correspondence.IMAGE:
        return kernel, bias
    if origin.kind not in _WINDOWS:
        raise errors.UserError(
            "Expected convolutions alone to read the image, or the range of "
            f"the images to be ours. Received: {layer.name}, a {origin.kind}"
        )
    return images.fold(origin.kind, kernel, bias)


def _statistics(norm, epsilon, bias):
    """Returns the weights of a batch norm that reads its input less `bias`."""
    mean = np.asarray(norm.moving_mean, np.float64)
    ones = np.ones_like(mean)
    return [
        np.asarray(norm.gamma) if norm.scale else ones,
        np.asarray(norm.beta) if norm.center else 0 * ones,
        mean - bias,
        np.asarray(norm.moving_variance) + norm.epsilon - epsilon,
    ]


def _check_window(step, origin):
    borders = {side for side in (step.border, origin.border) if side}
    if step.window != origin.window or len(borders) > 1:
        raise errors.UserError(
            "Expected kernel, strides, dilation and border of "
            f"{_words(step)} for {step.layer.name}. Received: "
            f"{_words(origin)} of {origin.layer.name}"
        )


def _words(step):
    pairs = (*step.window, step.border or ("?", "?"))
    return ", ".join("x".join(map(str, pair)) for pair in pairs)


def _check_shapes(step, origin, values):
    expected = [tuple(weight.shape) for weight in step.layer.weights]
    received = [np.shape(value) for value in values]
    if expected != received:
        raise errors.UserError(
            f"Expected weights of shapes {expected} for {step.layer.name}. "
            f"Received: {received} of {origin.layer.name}"
        )
