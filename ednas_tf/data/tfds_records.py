"""The records of a TFDS dataset as batches of arrays, kind by kind."""

import itertools

import numpy as np
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.data import audio, examples, images

_BATCH = 256


def batches(records, layout, origin):
    """Yields pairs of examples and labels, as arrays of a batch each.

    Args:
        records: `tf.data.Dataset` of dictionaries.
        layout: The `Layout` of a record.
        origin: What to call the records in errors.
    """
    readers = {
        examples.IMAGE: _images,
        examples.AUDIO: _audio,
        examples.FEATURES: _features,
    }
    return readers[layout.kind](records, layout, origin)


def _images(records, layout, origin):
    del origin  # TFDS has made sure that they are images.

    def prepare(record):
        image = images.resize(record[layout.key], layout.shape[:2])
        return image, record[layout.label]

    prepared = records.map(prepare, num_parallel_calls=tf.data.AUTOTUNE)
    return prepared.batch(_BATCH).as_numpy_iterator()


def _features(records, layout, origin):
    pairs = records.map(lambda r: (r[layout.key], r[layout.label]))
    start = 0
    for values, labels in pairs.batch(_BATCH).as_numpy_iterator():
        values = values.astype(np.float32).reshape(-1, *layout.shape)
        finite = np.isfinite(values).all(axis=(1, 2, 3))
        if not finite.all():
            raise errors.UserError(
                f"Expected finite features, received NaN or infinity in "
                f"example {start + np.argmin(finite)} of {origin}. Prepare "
                "the dataset again without it."
            )
        start += len(labels)
        yield values, labels


def _audio(records, layout, origin):
    """Makes features of one batch of clips at a time."""
    numbered = enumerate(records.prefetch(_BATCH).as_numpy_iterator())
    while batch := list(itertools.islice(numbered, _BATCH)):
        clips = [
            _clip(record[layout.key], layout.sample_rate, (place, origin))
            for place, record in batch
        ]
        labels = [record[layout.label] for _, record in batch]
        yield audio.mfcc(np.stack(clips)).numpy(), np.array(labels)


def _clip(samples, sample_rate, whose):
    try:
        return audio.waveform(samples, sample_rate)
    except ValueError as error:
        raise errors.UserError(
            "Expected a clip of audio in example {} of {}, but {}. Prepare the "
            "dataset again without it.".format(*whose, error)
        ) from error
