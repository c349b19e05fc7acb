"""Datasets of TensorFlow Datasets (TFDS), by name."""

import contextlib
import dataclasses
import math

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

from ednas_tf import errors
from ednas_tf.data import (
    examples,
    images,
    splitting,
    tfds_builders,
    tfds_features,
    tfds_records,
)


def read(spec):
    """Reads the training and test examples of a TFDS dataset.

    The test examples are the split `test`, or `validation` where that is
    missing or has no labels, or else a fifth of the training records. TFDS
    shuffles records when it prepares a dataset, so the first `max_examples`
    stand for all.

    Args:
        spec: A `DataSpec` with a TFDS name.

    Returns:
        A `Source` with images of one or three channels, or with features:
        the dataset's own, or those of `audio.mfcc`.
    """
    builder = tfds_builders.find(spec)
    info = builder.info
    layout = tfds_features.layout(
        dict(info.features), info.supervised_keys, spec
    )
    try:
        train, test = _read_parts(builder, layout, spec)
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
    names = info.features[layout.label].names
    return examples.Source(tuple(names), train, test, layout.kind)


def _read_parts(builder, layout, spec):
    """Returns the examples for training and those for test."""
    splits = builder.info.splits
    if "train" not in splits or not splits["train"].num_examples:
        raise errors.UserError(
            f"Expected examples in a split 'train' of '{spec.name}'. "
            f"Received: {', '.join(splits) or 'none'}"
        )
    test_split = _test_split(builder, layout)
    counts = {"train": splits["train"].num_examples}
    if test_split:
        counts[test_split] = splits[test_split].num_examples
    if spec.max_examples:
        # Without a test split, enough that a fifth of them can be held out.
        share = 1 if test_split else 1 - splitting.TEST_SHARE
        cap = math.ceil(spec.max_examples / share)
        counts = {name: min(n, cap) for name, n in counts.items()}
    images.check_memory(sum(counts.values()), layout.shape, layout.dtype)
    train = _read_split(builder, layout, "train", counts["train"])
    if test_split is None:
        places = splitting.holdout(train.labels, spec.max_examples, spec.seed)
        return tuple(train.take(part) for part in places)
    test = _read_split(builder, layout, test_split, counts[test_split])
    ids = test.ids + splits["train"].num_examples
    return train, dataclasses.replace(test, ids=ids)


def _test_split(builder, layout):
    """Returns the name of the split to test on, or None."""
    for name in ("test", "validation"):
        if name not in builder.info.splits:
            continue
        # Some contests publish test images without labels, which are -1.
        first = next(iter(_records(builder, layout, name, 1)), None)
        if first is not None and first[layout.label] >= 0:
            return name
    return None


def _records(builder, layout, split, num_examples):
    """Returns the first records of a split as a `tf.data.Dataset`."""
    keys = {layout.key: True, layout.label: True}
    with _quiet():
        return builder.as_dataset(
            split=f"{split}[:{num_examples}]",
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(keys),
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )


@contextlib.contextmanager
def _quiet():
    """Keeps from users what TFDS tells its own programmers of old names."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def _read_split(builder, layout, split, num_examples):
    """Decodes the first records of a split into `Examples`."""
    records = _records(builder, layout, split, num_examples)
    origin = f"the split '{split}' of '{builder.info.name}'"
    values = np.empty((num_examples, *layout.shape), layout.dtype)
    labels = np.empty(num_examples, np.int32)
    start = 0
    for some, their_labels in tfds_records.batches(records, layout, origin):
        end = start + len(their_labels)
        values[start:end], labels[start:end] = some, their_labels
        start = end
    return examples.Examples(
        values[:start], labels[:start], np.arange(start, dtype=np.int64)
    )
