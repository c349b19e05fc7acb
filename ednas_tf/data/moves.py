"""Moves images, and the boxes in them by the same amounts."""

import dataclasses

import tensorflow as tf

from ednas_tf.data import labels as truth

LEAST_SEEN = 1 / 3
"""Share of an object's area that must stay in sight: of less, nobody could
tell where the object ends, so it is no object any more."""


@dataclasses.dataclass(frozen=True, eq=False)
class Move:
    """How each of `n` images is moved: first zoomed, then shifted, mirrored.

    Attributes:
        ratios: Side of the window that a zoom shows, as a part of the image's;
            above 1 the image becomes smaller. Shape `(n,)`, or None.
        centres: Point that a zoom leaves where it is, `(y, x)` in 0..1. Shape
            `(n, 2)`, or None.
        shifts: int32 tensor of shape `(n, 2)`: top and left side of the window
            in the padded image, from 0 to `2 * padding`, in pixels; or None.
        mirrored: bool tensor of shape `(n,)`, or None.
        padding: Black pixels on each side of an image that is shifted.
    """

    ratios: tf.Tensor | None = None
    centres: tf.Tensor | None = None
    shifts: tf.Tensor | None = None
    mirrored: tf.Tensor | None = None
    padding: int = 0


def draw(num_images, augmentation, keys):
    """Draws a `Move` at random.

    Args:
        num_images: Number of images.
        augmentation: An `Augmentation`.
        keys: Seeds of the shift, of the mirror and of the zoom.
    """
    padding, parts = augmentation.crop_padding, {}
    if padding or augmentation.flip:
        mirrored = tf.zeros([num_images], tf.bool)
        if augmentation.flip:
            noise = tf.random.stateless_uniform([num_images], keys[1])
            mirrored = noise < 0.5
        shifts = tf.random.stateless_uniform(
            [num_images, 2], keys[0], 0, 2 * padding + 1, tf.int32
        )
        parts |= {"shifts": shifts, "mirrored": mirrored, "padding": padding}
    if augmentation.zoom:
        size_key, place_key = tf.unstack(tf.random.split(keys[2]))
        least, most = 1 - augmentation.zoom, 1 + augmentation.zoom
        scales = tf.random.stateless_uniform(
            [num_images], size_key, least, most
        )
        centres = tf.random.stateless_uniform([num_images, 2], place_key)
        parts |= {"ratios": 1 / scales, "centres": centres}
    return Move(**parts)


def move_images(images, move):
    """Returns images that are moved; black is where nothing was.

    Args:
        images: float32 tensor of shape `(n, h, w, c)`.
        move: A `Move`.
    """
    if move.ratios is not None:
        images = zoom(images, move.ratios, move.centres)
    if move.shifts is not None:
        images = shift_and_mirror(
            images, move.shifts, move.mirrored, move.padding
        )
    return images


def move_objects(objects, move, size):
    """Returns the objects of images that are moved.

    What leaves the image is cut off. An object of which less than
    `LEAST_SEEN` stays becomes a row without an object.

    Args:
        objects: float32 tensor of shape `(n, objects, 6)`, see `labels`.
        move: A `Move`.
        size: Height and width of the images, in pixels.

    Returns:
        Tensor like `objects`.
    """
    whole = seen = objects[..., 1:5]
    for start, side in _windows(move, size):
        whole = (whole - start) / side
        seen = tf.clip_by_value((seen - start) / side, 0.0, 1.0)
    if move.mirrored is not None:
        seen = tf.where(move.mirrored[:, None, None], _mirror(seen), seen)
    share = tf.math.divide_no_nan(_areas(seen), _areas(whole))
    there = (objects[..., :1] >= 0) & (share[..., None] >= LEAST_SEEN)
    moved = tf.concat([objects[..., :1], seen, objects[..., 5:]], axis=-1)
    nothing = tf.constant(truth.NO_OBJECT, moved.dtype)
    return tf.where(there, moved, nothing)


def zoom(images, ratios, centres):
    """Shows a window of each image, larger or smaller than it, bilinearly.

    Args:
        images: float32 tensor of shape `(n, h, w, c)`.
        ratios: Side of the window per image, as in `Move`.
        centres: Point of each image that stays, as in `Move`.

    Returns:
        Tensor like `images`, black outside of the image.
    """
    height, width = images.shape[1:3]
    size = tf.constant([height, width], tf.float32)
    # Pixel i is the area from i to i + 1: its middle lies at i + 1/2.
    sides = ratios[:, None]
    offsets = centres * (1 - sides) * size + (sides - 1) / 2
    zeros = tf.zeros_like(ratios)
    # Eight numbers of a projection, from places in the result to the image.
    rows = [ratios, zeros, offsets[:, 1], zeros, ratios, offsets[:, 0]]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([*rows, zeros, zeros], axis=1),
        output_shape=tf.constant([height, width], tf.int32),
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
        fill_value=0.0,
    )


def shift_and_mirror(images, shifts, mirrored, padding):
    """Moves a window over each padded image, and mirrors what it shows.

    Args:
        images: Tensor of shape `(n, h, w, c)`.
        shifts: Places of the windows, as in `Move`.
        mirrored: bool tensor of shape `(n,)`.
        padding: Black pixels on each side.

    Returns:
        Tensor like `images`.
    """
    _, height, width, _ = images.shape
    if padding:
        sides = [padding, padding]
        images = tf.pad(images, [[0, 0], sides, sides, [0, 0]])
        rows = shifts[:, :1] + tf.range(height)
        images = tf.gather(images, rows, axis=1, batch_dims=1)
    # Mirroring costs nothing: the columns are gathered in reversed order.
    columns = shifts[:, 1:] + tf.range(width)
    columns = tf.where(mirrored[:, None], columns[:, ::-1], columns)
    return tf.gather(images, columns, axis=2, batch_dims=1)


def _windows(move, size):
    """Yields where each window starts in the image before, and its sides.

    Both are of shape `(n, 1, 4)`, for the four coordinates of a box, in parts
    of the image.
    """
    if move.ratios is not None:
        sides = move.ratios[:, None]
        starts = move.centres * (1 - sides)
        yield _for_boxes(starts), _for_boxes(tf.tile(sides, [1, 2]))
    if move.shifts is not None:
        pixels = tf.cast(move.shifts - move.padding, tf.float32)
        starts = pixels / tf.constant(size, tf.float32)
        yield _for_boxes(starts), _for_boxes(tf.ones_like(starts))


def _for_boxes(pairs):
    return tf.tile(pairs, [1, 2])[:, None]


def _mirror(corners):
    ymin, xmin, ymax, xmax = tf.unstack(corners, axis=-1)
    return tf.stack([ymin, 1 - xmax, ymax, 1 - xmin], axis=-1)


def _areas(corners):
    sides = corners[..., 2:] - corners[..., :2]
    return sides[..., 0] * sides[..., 1]
