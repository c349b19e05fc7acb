"""Batches for search, training and evaluation, repeatable from a seed.

An epoch is one iteration over a pipeline. Order and augmentation depend only
on (seed, epoch, step), so a run that starts at a `Position` sees what the
unbroken run saw from there.
"""

import dataclasses

import tensorflow as tf

from ednas_tf import errors, tasks
from ednas_tf.data import augmentation as augmentations

# The streams of random numbers: weights and alphas never share one.
_WEIGHTS, _ALPHAS = 0, 1


@dataclasses.dataclass
class Position:
    """Where the next iteration over a pipeline begins.

    Each iteration moves it to the next epoch. What drives a pipeline may set
    it instead: Keras looks into one before it trains.

    Attributes:
        epoch: Number of the epoch.
        step: Steps of every iteration that are left out, as done before.
    """

    epoch: int = 0
    step: int = 0

    def take(self):
        """Returns the number of the epoch, and moves on."""
        self.epoch += 1
        return self.epoch - 1


def normalize(images, dataset):
    """Returns `(images - mean) / std` per channel, as float32.

    Args:
        images: Tensor of shape `(..., c)`, as in the dataset's examples.
        dataset: The `Dataset` with mean and std.
    """
    mean = tf.constant(dataset.mean, tf.float32)
    std = tf.constant(dataset.std, tf.float32)
    return (tf.cast(images, tf.float32) - mean) / std


def training(examples, dataset, augmentation, batch_size, seed, position=None):
    """Returns augmented, normalised batches; each iteration is one epoch.

    Args:
        examples: The `Examples` to draw from, in a new order every epoch.
        dataset: The `Dataset` with mean and std.
        augmentation: An `Augmentation`.
        batch_size: Images in a batch; what is left of an epoch is dropped.
        seed: Seed of order and augmentation.
        position: The `Position` that it begins at, epoch 0 by default.

    Returns:
        `tf.data.Dataset` of float32 images of shape `(b, h, w, c)` and labels
        as in the examples; objects move with what the images show.
    """
    num_steps = count_steps(examples, batch_size)
    draw = _drawer(examples, dataset, augmentation)

    def steps(epoch):
        key = _key(seed, _WEIGHTS, epoch)
        return _steps(len(examples), (num_steps, batch_size), key)

    return _epochs(steps, draw, num_steps, position or Position())


def searching(splits, dataset, augmentation, batch_size, seed, position=None):
    """Returns pairs of batches, for weights and for alphas.

    An epoch is one pass over the split for weights; the one for alphas starts
    again in a new order as often as that takes. Without examples for alphas,
    both batches of a pair are the same.

    Args:
        splits: `Splits` whose weights and alphas are drawn from.
        dataset: The `Dataset` with mean and std.
        augmentation: An `Augmentation`.
        batch_size: Images in each batch of a pair.
        seed: Seed of order and augmentation.
        position: The `Position` that it begins at, epoch 0 by default.

    Returns:
        `tf.data.Dataset` of `((images, labels), (images, labels))`, shaped
        like the batches of `training`.
    """
    arguments = dataset, augmentation, batch_size, seed, position
    if not len(splits.alphas):
        same = training(splits.weights, *arguments)
        return same.map(lambda *batch: (batch, batch))
    num_steps = count_steps(splits.weights, batch_size)
    count_steps(splits.alphas, batch_size)
    parts = (splits.weights, splits.alphas)
    drawers = [_drawer(part, dataset, augmentation) for part in parts]
    shape = num_steps, batch_size

    def steps(epoch):
        streams = zip((_WEIGHTS, _ALPHAS), parts, strict=True)
        keyed = [(part, _key(seed, stream, epoch)) for stream, part in streams]
        return tf.data.Dataset.zip(
            *(_steps(len(part), shape, key) for part, key in keyed)
        )

    def draw(weights, alphas):
        return drawers[0](*weights), drawers[1](*alphas)

    return _epochs(steps, draw, num_steps, position or Position())


def evaluation(examples, dataset, batch_size, normalized=True):
    """Returns batches in order, the last of them may be smaller.

    Args:
        examples: The `Examples`, each of which comes once.
        dataset: The `Dataset` with mean and std.
        batch_size: Images in a batch.
        normalized: Whether images are normalised. A network that does so
            itself takes them as they are stored: uint8, features float32.

    Returns:
        `tf.data.Dataset` like that of `training`, of batches of any size.
    """
    images, labels = _tensors(examples)

    def read(start):
        rows = slice(start, start + batch_size)
        some = images[rows]
        return normalize(some, dataset) if normalized else some, labels[rows]

    starts = tf.data.Dataset.range(0, len(examples), batch_size)
    return starts.map(
        read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    ).prefetch(tf.data.AUTOTUNE)


def count_steps(examples, batch_size):
    """Returns the whole batches in one pass; raises `UserError` without."""
    if len(examples) < batch_size:
        raise errors.UserError(
            f"Expected at least one batch of {batch_size} training examples. "
            f"Received: {len(examples)}. Lower --batch_size."
        )
    return len(examples) // batch_size


def _tensors(examples):
    """Returns images and labels as tensors in host memory.

    Functions of a pipeline capture them, so that they are stored once and not
    in the graph.
    """
    with tf.device("CPU:0"):
        return tf.constant(examples.images), tf.constant(examples.labels)


def _drawer(examples, dataset, augmentation):
    """Returns the function that makes a batch of places and a key."""
    images, labels = _tensors(examples)
    change = augmentations.augment
    if images.dtype != tf.uint8:
        change = augmentations.shift_in_time

    def draw(places, key):
        batch = tf.cast(tf.gather(images, places), tf.float32)
        truth = tf.gather(labels, places)
        if dataset.task == tasks.DETECTION:
            batch, truth = augmentations.augment_with_objects(
                batch, truth, augmentation, key
            )
        else:
            batch = change(batch, augmentation, key)
        return normalize(batch, dataset), truth

    return draw


def _key(seed, stream, epoch):
    return tf.random.fold_in(tf.constant([seed, stream], tf.int64), epoch)


def _steps(num_examples, shape, key):
    """Returns one epoch as a `tf.data.Dataset` of places and keys.

    Args:
        num_examples: Number of examples to draw from.
        shape: Steps of the epoch, and examples of a batch.
        key: Seed of the epoch, an integer tensor of shape `(2,)`.
    """
    num_steps, batch_size = shape
    num_places = num_steps * batch_size
    passes = -(-num_places // num_examples)
    order_key, step_key = tf.unstack(tf.random.split(key))
    noise = tf.random.stateless_uniform(
        [passes, num_examples], order_key, None, None, tf.int64
    )
    places = tf.reshape(tf.argsort(noise), [-1])[:num_places]
    keys = tf.data.Dataset.range(num_steps).map(
        lambda step: tf.random.fold_in(step_key, step)
    )
    rows = tf.data.Dataset.from_tensor_slices(tf.reshape(places, shape))
    return tf.data.Dataset.zip(rows, keys)


def _epochs(steps, draw, num_steps, position):
    """Returns a `tf.data.Dataset` that is the next epoch at each iteration.

    Args:
        steps: Function from the number of an epoch to its steps.
        draw: Function from a step to what the pipeline gives.
        num_steps: Steps of an epoch.
        position: The `Position`.
    """
    epoch = tf.data.Dataset.from_generator(
        lambda: [position.take()],
        output_signature=tf.TensorSpec((), tf.int64),
    )
    left = num_steps - position.step
    return (
        epoch.flat_map(lambda number: steps(number).skip(position.step))
        .map(draw, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        .apply(tf.data.experimental.assert_cardinality(left))
        .prefetch(tf.data.AUTOTUNE)
    )
