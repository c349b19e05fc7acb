"""Changes batches of training examples at random, each by itself."""

import tensorflow as tf

from ednas_tf.data import recipes

Augmentation = recipes.Augmentation
parse = recipes.parse


def augment(images, augmentation, seed):
    """Returns images that are shifted, mirrored and recoloured at random.

    Args:
        images: float32 tensor of shape `(n, h, w, c)`, values in 0..255.
        augmentation: An `Augmentation`. Hue and saturation need 3 channels.
        seed: Integer tensor of shape `(2,)`; equal seeds give equal changes.

    Returns:
        Tensor like `images`, values in 0..255.
    """
    # A key for each change, so that one does not move the draws of another.
    keys = tf.unstack(tf.random.split(seed, 5))
    images = _crop_and_flip(images, augmentation, keys[:2])
    images = _recolour(images, augmentation, keys[2:4])
    if augmentation.brightness:
        factors = 1 + _draw(images, augmentation.brightness, keys[4])
        images = images * factors[:, None, None, None]
    return tf.clip_by_value(images, 0.0, 255.0)


def shift_in_time(features, augmentation, seed):
    """Returns features that are moved along time at random.

    What moves in repeats the first or the last frame: a zero is no silence.

    Args:
        features: float32 tensor of shape `(n, frames, w, c)`.
        augmentation: An `Augmentation`, of which the crop's padding is the
            largest shift to each side, in frames.
        seed: Integer tensor of shape `(2,)`; equal seeds give equal changes.

    Returns:
        Tensor like `features`.
    """
    largest = augmentation.crop_padding
    if not largest:
        return features
    num_frames = features.shape[1]
    shifts = tf.random.stateless_uniform(
        [tf.shape(features)[0], 1], seed, -largest, largest + 1, tf.int32
    )
    frames = shifts + tf.range(num_frames)
    frames = tf.clip_by_value(frames, 0, num_frames - 1)
    return tf.gather(features, frames, axis=1, batch_dims=1)


def shift_and_mirror(images, shifts, mirrored, padding):
    """Moves a window over each padded image, and mirrors what it shows.

    Args:
        images: Tensor of shape `(n, h, w, c)`.
        shifts: int32 tensor of shape `(n, 2)`: top and left side of the window
            in the padded image, from 0 to `2 * padding`, in pixels.
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


def recolour(images, turns, factors):
    """Turns the hue and scales the saturation of each image.

    Args:
        images: float32 tensor of shape `(n, h, w, 3)`, of any scale.
        turns: Turn of the hue per image, shape `(n,)`, in turns.
        factors: Factor of the saturation per image, shape `(n,)`.

    Returns:
        Tensor like `images`; a saturation above 1 becomes 1.
    """
    hue, saturation, value = tf.unstack(tf.image.rgb_to_hsv(images), axis=-1)
    hue += turns[:, None, None]
    hue -= tf.floor(hue)
    saturation = tf.minimum(saturation * factors[:, None, None], 1.0)
    return tf.image.hsv_to_rgb(tf.stack([hue, saturation, value], axis=-1))


def _crop_and_flip(images, augmentation, keys):
    padding = augmentation.crop_padding
    if not padding and not augmentation.flip:
        return images
    num_images = tf.shape(images)[0]
    shifts = tf.random.stateless_uniform(
        [num_images, 2], keys[0], 0, 2 * padding + 1, tf.int32
    )
    mirrored = tf.zeros([num_images], tf.bool)
    if augmentation.flip:
        mirrored = tf.random.stateless_uniform([num_images], keys[1]) < 0.5
    return shift_and_mirror(images, shifts, mirrored, padding)


def _recolour(images, augmentation, keys):
    if not augmentation.hue and not augmentation.saturation:
        return images
    turns = _draw(images, augmentation.hue, keys[0])
    factors = 1 + _draw(images, augmentation.saturation, keys[1])
    return recolour(images, turns, factors)


def _draw(images, largest, key):
    """Draws one number per image, uniformly from `[-largest, largest)`."""
    return tf.random.stateless_uniform(
        [tf.shape(images)[0]], key, -largest, largest
    )
