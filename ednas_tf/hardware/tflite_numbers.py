"""Real numbers as the tensors of a TFLite file hold them."""

import numpy as np


def quantized(values, details):
    """Returns values as a tensor holds them, rounded and saturated.

    Args:
        values: Array of real numbers.
        details: What LiteRT's interpreter tells of the tensor.

    Returns:
        Array of the same shape and of the tensor's type. Where the tensor has
        no scale, values are only cast.
    """
    dtype = np.dtype(details["dtype"])
    scale, zero_point = details["quantization"]
    if scale:
        values = np.round(values / scale) + zero_point
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        values = np.clip(values, limits.min, limits.max)
    return values.astype(dtype)
