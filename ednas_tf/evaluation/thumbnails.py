"""Small pictures of examples, as text that a page can hold."""

import base64
import io

import numpy as np
from PIL import Image

_MOST_PIXELS = 128
"""Of a side; larger pictures are made smaller."""
# Outside all is black or white: one coefficient of speech is far above others.
_RANGE_PERCENT = (10, 90)
_CHANNELS = (1, 3)


def data_uri(example):
    """Returns a PNG as a `data:` address, or None where nothing can be drawn.

    Args:
        example: Array `(height, width, channels)`: an image in uint8, grey or
            RGB; or features of any numbers, drawn in grey over the range of
            most of them, if but two of their axes are longer than 1.
    """
    pixels = _pixels(np.asarray(example))
    if pixels is None:
        return None
    picture = Image.fromarray(pixels)
    picture.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
    content = io.BytesIO()
    picture.save(content, "png", optimize=True)
    encoded = base64.b64encode(content.getvalue()).decode("ascii")
    return f"data:image/png;base64,{encoded}"


def _pixels(example):
    """Returns uint8 pixels `(height, width)` or `(height, width, 3)`."""
    if example.dtype == np.uint8:
        if example.ndim != 3 or example.shape[-1] not in _CHANNELS:
            return None
        return example[..., 0] if example.shape[-1] == 1 else example
    flat = [axis for axis, size in enumerate(example.shape) if size == 1]
    if example.ndim - len(flat) != 2:
        return None
    values = np.nan_to_num(np.squeeze(example).astype(np.float64))
    low, high = np.percentile(values, _RANGE_PERCENT)
    if low == high:
        low, high = values.min(), values.max()
    shares = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
    return np.round(255 * shares).astype(np.uint8)
