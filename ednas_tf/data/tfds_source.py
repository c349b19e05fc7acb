"""Datasets of TensorFlow Datasets (TFDS), by name."""

import dataclasses
import math

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from ednas_tf import errors
from ednas_tf.data import examples, images, splitting, tfds_builders

_BATCH = 256


def read(spec):
    """Reads the training and test examples of a TFDS dataset.

    The test examples are the split `test`, or `validation` where that is
    missing or has no labels, or else a fifth of the training records. TFDS
    shuffles records when it prepares a dataset, so the first `max_examples`
    stand for all.

    Args:
        spec: A `DataSpec` with a TFDS name.

    Returns:
        A `Source` with images of one or three channels.
    """
    builder = tfds_builders.find(spec)
    keys = _keys(builder.info, spec.name)
    try:
        train, test = _read_parts(builder, keys, spec)
    except (tf.errors.OpError, OSError) as error:
        raise errors.UserError(
            f"Could not read the files of '{spec.name}' in "
            f"'{builder.data_dir}'. Prepare the dataset again."
        ) from error
    if min(train.labels.min(), test.labels.min()) < 0:
        raise errors.UserError(
            f"Expected a label for every example of '{spec.name}', found some "
            "without. Choose a dataset for classification."
        )
    names = builder.info.features[keys[1]].names
    return examples.Source(classes=tuple(names), train=train, test=test)


def _keys(info, name):
    """Returns the keys of the image and of the class label."""
    features = dict(info.features)
    for keys in (info.supervised_keys, ("image", "label")):
        if keys is None or not all(
            isinstance(key, str) and key in features for key in keys
        ):
            continue
        image, label = keys[0], keys[-1]
        if isinstance(features[image], tfds.features.Image) and isinstance(
            features[label], tfds.features.ClassLabel
        ):
            return image, label
    raise errors.UserError(
        f"Expected one image and one class label in each example of '{name}'. "
        f"Received: {', '.join(sorted(features))}. Choose a dataset for image "
        "classification."
    )


def _read_parts(builder, keys, spec):
    """Returns the examples for training and those for test."""
    splits = builder.info.splits
    if "train" not in splits or not splits["train"].num_examples:
        raise errors.UserError(
            f"Expected examples in a split 'train' of '{spec.name}'. "
            f"Received: {', '.join(splits) or 'none'}"
        )
    test_split = _test_split(builder, keys)
    counts = {"train": splits["train"].num_examples}
    if test_split:
        counts[test_split] = splits[test_split].num_examples
    if spec.max_examples:
        # Without a test split, enough that a fifth of them can be held out.
        share = 1 if test_split else 1 - splitting.TEST_SHARE
        cap = math.ceil(spec.max_examples / share)
        counts = {name: min(n, cap) for name, n in counts.items()}
    shape = _shape(builder.info.features[keys[0]], spec)
    images.check_memory(sum(counts.values()), shape)
    train = _read_split(builder, keys, "train", counts["train"], shape)
    if test_split is None:
        places = splitting.holdout(train.labels, spec.max_examples, spec.seed)
        return tuple(train.take(part) for part in places)
    test = _read_split(builder, keys, test_split, counts[test_split], shape)
    ids = test.ids + splits["train"].num_examples
    return train, dataclasses.replace(test, ids=ids)


def _test_split(builder, keys):
    """Returns the name of the split to test on, or None."""
    for name in ("test", "validation"):
        if name not in builder.info.splits:
            continue
        # Some contests publish test images without labels, which are -1.
        first = next(iter(_records(builder, keys, name, 1)), None)
        if first is not None and first[keys[1]] >= 0:
            return name
    return None


def _shape(feature, spec):
    """Returns the shape `(h, w, c)` that the images will have."""
    height, width, channels = feature.shape
    if feature.np_dtype != np.uint8 or channels not in (1, 3):
        raise errors.UserError(
            f"Expected uint8 images of 1 or 3 channels in '{spec.name}'. "
            f"Received: {np.dtype(feature.np_dtype).name} of {channels}"
        )
    if spec.image_size:
        return spec.image_size, spec.image_size, channels
    if height is None or width is None:
        raise errors.UserError(
            f"Expected images of one size, but those of '{spec.name}' vary. "
            "Give one with --image_size."
        )
    return height, width, channels


def _records(builder, keys, split, num_examples):
    """Returns the first records of a split as a `tf.data.Dataset`."""
    return builder.as_dataset(
        split=f"{split}[:{num_examples}]",
        shuffle_files=False,
        decoders=tfds.decode.PartialDecoding(dict.fromkeys(keys, True)),
        read_config=tfds.ReadConfig(
            interleave_cycle_length=1, try_autocache=False
        ),
    )


def _read_split(builder, keys, split, num_examples, shape):
    """Decodes the first records of a split into `Examples`."""
    image, label = keys

    def prepare(record):
        return images.resize(record[image], shape[:2]), record[label]

    batches = _records(builder, keys, split, num_examples).map(
        prepare, num_parallel_calls=tf.data.AUTOTUNE
    )
    pixels = np.empty((num_examples, *shape), np.uint8)
    labels = np.empty(num_examples, np.int32)
    start = 0
    for some_pixels, some_labels in batches.batch(_BATCH).as_numpy_iterator():
        end = start + len(some_labels)
        pixels[start:end], labels[start:end] = some_pixels, some_labels
        start = end
    return examples.Examples(
        pixels[:start], labels[:start], np.arange(start, dtype=np.int64)
    )
