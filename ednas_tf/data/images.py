"""Images as uint8 tensors: decoded, resized, and few enough for memory."""

import io

import numpy as np
import tensorflow as tf
from PIL import Image

from ednas_tf import errors
from ednas_tf.untrusted import bounded

MAX_BYTES = 4 * 2**30
_MOST_FILE_BYTES = 200_000_000
_MOST_PIXELS = 80_000_000  # Pillow warns of more.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG")


def resize(image, size):
    """Resizes an image bilinearly, with antialiasing.

    Args:
        image: uint8 tensor of shape `(h, w, c)`, or several: `(n, h, w, c)`.
        size: `(height, width)` in pixels, or None to leave the image alone.

    Returns:
        uint8 tensor of shape `(height, width, c)` or `(n, height, width, c)`.
    """
    if size is None or tuple(image.shape[-3:-1]) == tuple(size):
        return tf.convert_to_tensor(image)
    resized = tf.image.resize(image, size, antialias=True)
    return tf.saturate_cast(tf.round(resized), tf.uint8)


def content(path):
    """Returns the bytes of an image file; raises `OSError`, `ValueError`."""
    if not path.is_file():  # Reading a pipe would wait for ever.
        raise ValueError("Expected a file.")
    return bounded.read(path, _MOST_FILE_BYTES)


def decode(content):
    """Decodes png, jpeg, bmp, or the first frame of a gif.

    Args:
        content: Bytes of a file.

    Returns:
        uint8 tensor of shape `(h, w, 3)`.
    """
    check_pixels(content)
    if content[:2] == b"BM":
        # TensorFlow takes the places in a bmp's palette for grey levels.
        with Image.open(io.BytesIO(content)) as image:
            return tf.constant(np.asarray(image.convert("RGB")))
    return tf.io.decode_image(content, channels=3, expand_animations=False)


def check_pixels(content):
    """Raises `ValueError` for a picture that fills the memory: see the head.

    A few kilobytes of png stand for gigabytes of pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            width, height = image.size
    except Exception as error:  # Pillow raises of many kinds.
        raise ValueError("Expected a whole image.") from error
    if width * height > _MOST_PIXELS:
        raise ValueError(f"Expected at most {_MOST_PIXELS} pixels.")


def check_memory(num_examples, shape, dtype=np.uint8):
    """Raises `UserError` if so many examples do not fit into memory.

    Args:
        num_examples: Number of images, or of other arrays.
        shape: `(h, w, c)` of each.
        dtype: Type of their values; images are uint8.
    """
    height, width, channels = shape
    itemsize = np.dtype(dtype).itemsize
    size = num_examples * height * width * channels * itemsize
    smaller = " or --image_size" if dtype == np.uint8 else ""
    if size > MAX_BYTES:
        raise errors.UserError(
            f"Expected at most {MAX_BYTES / 2**30:.1f} GiB of examples in "
            f"memory, received {size / 2**30:.1f} GiB ({num_examples} of "
            f"{height}x{width}x{channels}, {np.dtype(dtype).name}). Lower "
            f"--max_examples{smaller}."
        )
