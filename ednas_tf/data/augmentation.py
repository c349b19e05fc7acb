"""Changes batches of training examples at random, each by itself."""

import tensorflow as tf

from ednas_tf.data import moves, recipes

Augmentation = recipes.Augmentation
parse = recipes.parse


def augment(images, augmentation, seed):
    """Returns images that are moved, mirrored and recoloured at random.

    Args:
        images: float32 tensor of shape `(n, h, w, c)`, values in 0..255.
        augmentation: An `Augmentation`. Hue and saturation need 3 channels.
        seed: Integer tensor of shape `(2,)`; equal seeds give equal changes.

    Returns:
        Tensor like `images`, values in 0..255.
    """
    places, colours = _keys(seed)
    move = moves.draw(tf.shape(images)[0], augmentation, places)
    return _relight(moves.move_images(images, move), augmentation, colours)


def augment_with_objects(images, objects, augmentation, seed):
    """Returns images like `augment`, and where their objects are now.

    Args:
        images: float32 tensor of shape `(n, h, w, c)`, values in 0..255.
        objects: float32 tensor of shape `(n, objects, 6)`, see `labels`.
        augmentation: An `Augmentation`.
        seed: Integer tensor of shape `(2,)`; equal seeds give equal changes.

    Returns:
        Tensors like `images` and `objects`.
    """
    places, colours = _keys(seed)
    move = moves.draw(tf.shape(images)[0], augmentation, places)
    objects = moves.move_objects(objects, move, tuple(images.shape[1:3]))
    images = _relight(moves.move_images(images, move), augmentation, colours)
    return images, objects


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


def _keys(seed):
    """Returns seeds for places, and for colours.

    A key for each change, so that one does not move the draws of another.
    """
    keys = tf.unstack(tf.random.split(seed, 5))
    return (*keys[:2], tf.random.fold_in(seed, len(keys))), keys[2:]


def _relight(images, augmentation, keys):
    """Returns images of other colours and brightness, in 0..255."""
    images = _recolour(images, augmentation, keys[:2])
    if augmentation.brightness:
        factors = 1 + _draw(images, augmentation.brightness, keys[2])
        images = images * factors[:, None, None, None]
    return tf.clip_by_value(images, 0.0, 255.0)


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
