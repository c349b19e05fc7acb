"""Images as uint8 tensors: decoded, resized, and few enough for memory."""

import io

import numpy as np
import tensorflow as tf
from PIL import Image

from ednas_tf import errors

MAX_BYTES = 4 * 2**30


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


def decode(content):
    """Decodes png, jpeg, bmp, or the first frame of a gif.

    Args:
        content: Bytes of a file.

    Returns:
        uint8 tensor of shape `(h, w, 3)`.
    """
    if content[:2] == b"BM":
        # TensorFlow takes the places in a bmp's palette for grey levels.
        with Image.open(io.BytesIO(content)) as image:
            return tf.constant(np.asarray(image.convert("RGB")))
    return tf.io.decode_image(content, channels=3, expand_animations=False)


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
