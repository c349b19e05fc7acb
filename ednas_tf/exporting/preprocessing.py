"""Normalisation as the first layer of a network, for inputs as they come."""

import keras
import numpy as np

from ednas_tf import errors
from ednas_tf.exporting import saved_model

LAYER = "normalization"


def include(model, mean, std):
    """Returns the network with `(x - mean) / std` in front of it.

    One depthwise 1x1 convolution with a bias does it, so that integers keep
    a scale per channel. It stays apart from the convolution behind it: zeros
    around a normalised image are not zeros around a raw one.

    Args:
        model: Functional Keras model of normalised inputs `(batch, height,
            width, channels)`. Its layers are shared, not copied.
        mean: Mean of each channel, of images in 0..255 or of features.
        std: Standard deviation of each channel, likewise.

    Returns:
        Functional Keras model of raw inputs, as float32; images in 0..255.
    """
    mean, std = (np.asarray(values, np.float64) for values in (mean, std))
    _check(model.input_shape, mean, std)
    image = keras.layers.Input(model.input_shape[1:], name=saved_model.INPUT)
    normalization = keras.layers.DepthwiseConv2D(1, name=LAYER)
    normalized = normalization(image)
    kernel = (1 / std).reshape(1, 1, -1, 1)
    normalization.set_weights([kernel, -mean / std])

    def call(layer, *args, **kwargs):
        # Layers of several inputs get lists of tensors.
        replaced = keras.tree.map_structure(
            lambda x: normalized if x is image else x, args
        )
        return layer(*replaced, **kwargs)

    return keras.models.clone_model(
        model,
        input_tensors=image,
        clone_function=lambda layer: layer,
        call_function=call,
    )


def _check(shape, mean, std):
    """Raises `UserError` unless there is a number for each channel."""
    if len(shape) != 4:
        raise errors.UserError(
            "Expected a network of images (batch, height, width, channels), "
            f"to put its normalisation inside. Received: {shape}"
        )
    channels = (shape[-1],)
    if not mean.shape == std.shape == channels:
        raise errors.UserError(
            f"Expected mean and std of {shape[-1]} channels. Received shapes: "
            f"{mean.shape} and {std.shape}"
        )
    if not np.all(np.isfinite(mean) & np.isfinite(std) & (std > 0)):
        raise errors.UserError(
            "Expected finite means and positive standard deviations. "
            f"Received: {mean.tolist()} and {std.tolist()}"
        )
