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
    labels,
    splitting,
    tfds_builders,
    tfds_features,
    tfds_records,
    tfds_splits,
)

_LOOK = 32
"""Records that tell whether a split has labels."""


def read(spec):
    """Reads the training and test examples of TFDS datasets.

    Training takes the split `train`, or what `--train_split` names, of each
    dataset. The test examples are those of the first dataset: of the split
    that `--test_split` names, or of `test`, or of `validation` where that is
    missing or has no labels, or else a fifth of the training records.

    Args:
        spec: A `DataSpec` with a TFDS name, or several joined with `+`.

    Returns:
        A `Source` with images of one or three channels, or with features:
        the dataset's own, or those of `audio.mfcc`.
    """
    names = [name.strip() for name in spec.name.split("+")]
    datasets = [_prepared(dataclasses.replace(spec, name=n)) for n in names]
    _check_alike(datasets)
    train, test = _read_parts(datasets, spec)
    layout = datasets[0].layout
    return examples.Source(layout.labels.classes, train, test, layout.kind)


def _prepared(spec):
    builder = tfds_builders.find(spec)
    layout = tfds_features.layout(
        dict(builder.info.features), builder.info.supervised_keys, spec
    )
    return tfds_splits.Prepared(spec.name, builder, layout)


def _check_alike(datasets):
    """Raises `UserError` unless the datasets can be trained on together."""
    first, *others = datasets
    for other in others:
        pairs = zip(_about(first), _about(other), strict=True)
        for (what, one), (_, two) in pairs:
            if one != two:
                raise errors.UserError(
                    f"Expected examples of the same {what} in '{first.name}' "
                    f"and '{other.name}'. Received: {_short(one)} and "
                    f"{_short(two)}. Choose datasets that are alike."
                )


def _about(whose):
    """Yields what examples must share, and what it is here."""
    layout = whose.layout
    feature = whose.builder.info.features[layout.labels.feature]
    yield "kind", layout.kind
    yield "shape", layout.shape
    yield "classes", layout.labels.classes
    yield "sort of label", type(feature).__name__


def _short(value):
    text = str(value)
    return text if len(text) < 80 else f"{text[:80]}..."


def _read_parts(datasets, spec):
    """Returns the examples for training and those for test."""
    train = tfds_splits.training(datasets, spec)
    test = tfds_splits.testing(datasets[0], train, spec, _has_labels)
    parts = tfds_splits.numbered([*train, *test])
    limit = spec.max_examples
    if limit and not test:
        # Enough that a fifth of them can be held out.
        limit = math.ceil(limit / (1 - splitting.TEST_SHARE))
    train = tfds_splits.capped(parts[: len(train)], limit)
    test = tfds_splits.capped(parts[len(train) :], limit)
    layout = datasets[0].layout
    count = sum(len(part) for part in [*train, *test])
    images.check_memory(count, layout.shape, layout.dtype)
    read = _read_all(train)
    if test:
        return _equally_wide(read, _read_all(test))
    places = splitting.holdout(read.labels, spec.max_examples, spec.seed)
    return tuple(read.take(part) for part in places)


def _has_labels(part):
    """Returns whether the first records of a part have labels."""
    found = part.whose.layout.labels
    with _readable(part):
        records = _records(part.first(_LOOK), found.decoding)
        (batch,) = tfds_records.batched(records.map(found.read), _LOOK)
        return labels.are_known(batch)


def _read_all(parts):
    """Decodes the records of parts, one after the other, into `Examples`."""
    layout = parts[0].whose.layout
    count = sum(len(part) for part in parts)
    values = np.empty((count, *layout.shape), layout.dtype)
    truth, ids, start = [], [], 0
    for part in parts:
        for some, theirs in _batches(part):
            end = start + len(theirs)
            values[start:end] = some
            truth.append(theirs)
            start = end
        ids.append(part.first_id + np.arange(len(part), dtype=np.int64))
    return examples.Examples(values, labels.join(truth), np.concatenate(ids))


def _batches(part):
    """Yields examples and labels of a part; raises `UserError` without."""
    layout = part.whose.layout
    seen = []
    with _readable(part):
        records = _records(part, {layout.key: True, **layout.labels.decoding})
        for batch in tfds_records.batches(records, layout, part):
            seen.append(batch[1])
            yield batch
    if not labels.are_known(labels.join(seen)):
        raise errors.UserError(
            f"Expected a label for every example of {part}, found some "
            "without. Choose another split or dataset."
        )


def _records(part, decoding):
    """Returns the records of a part as a `tf.data.Dataset`."""
    with _quiet():
        return part.whose.builder.as_dataset(
            split=part.instruction,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(decoding),
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )


def _equally_wide(*parts):
    """Returns `Examples` that have as many rows for objects."""
    if parts[0].labels.ndim < 3:
        return parts
    most = max(part.labels.shape[1] for part in parts)
    return tuple(
        dataclasses.replace(part, labels=labels.widen(part.labels, most))
        for part in parts
    )


@contextlib.contextmanager
def _readable(part):
    """Turns a failure to read the files of a part into one line."""
    try:
        yield
    except (tf.errors.OpError, OSError) as error:
        raise errors.UserError(
            f"Could not read the files of '{part.whose.name}' in "
            f"'{part.whose.builder.data_dir}'. Prepare the dataset again."
        ) from error


@contextlib.contextmanager
def _quiet():
    """Keeps from users what TFDS tells its own programmers of old names."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)
