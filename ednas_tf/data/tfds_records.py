"""The records of a TFDS dataset as batches of arrays, kind by kind."""

import itertools

import numpy as np
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.data import audio, examples, images

_BATCH = 256


def batches(records, layout, part):
    """Yields pairs of examples and labels, as arrays of a batch each.

    Args:
        records: `tf.data.Dataset` of dictionaries.
        layout: The `Layout` of a record.
        part: The `Part` that they are, to be named in errors.
    """
    readers = {
        examples.IMAGE: _images,
        examples.AUDIO: _audio,
        examples.FEATURES: _features,
    }
    return readers[layout.kind](records, layout, part)


def batched(records, batch_size=_BATCH):
    """Returns batches of records as arrays, in which -1 fills what is short.

    Examples with fewer objects than others get rows of -1.
    """
    filling = tf.nest.map_structure(
        lambda spec: tf.cast(-1, spec.dtype), records.element_spec
    )
    return records.padded_batch(
        batch_size, padding_values=filling
    ).as_numpy_iterator()


def _images(records, layout, part):
    del part  # TFDS has made sure that they are images.

    def prepare(record):
        image = images.resize(record[layout.key], layout.shape[:2])
        return image, layout.labels.read(record)

    return batched(records.map(prepare, num_parallel_calls=tf.data.AUTOTUNE))


def _pairs(records, layout):
    return records.map(
        lambda record: (record[layout.key], layout.labels.read(record))
    )


def _features(records, layout, part):
    pairs, start = _pairs(records, layout), part.start
    for values, labels in pairs.batch(_BATCH).as_numpy_iterator():
        values = values.astype(np.float32).reshape(-1, *layout.shape)
        finite = np.isfinite(values).all(axis=(1, 2, 3))
        if not finite.all():
            raise errors.UserError(
                f"Expected finite features, received NaN or infinity in "
                f"example {start + np.argmin(finite)} of {part}. Prepare "
                "the dataset again without it."
            )
        start += len(labels)
        yield values, labels


def _audio(records, layout, part):
    """Makes features of one batch of clips at a time."""
    pairs = _pairs(records, layout)
    numbered = enumerate(pairs.prefetch(_BATCH).as_numpy_iterator(), part.start)
    while batch := list(itertools.islice(numbered, _BATCH)):
        clips = [
            _clip(samples, layout.sample_rate, (place, part))
            for place, (samples, _) in batch
        ]
        labels = np.stack([label for _, (_, label) in batch])
        yield audio.mfcc(np.stack(clips)).numpy(), labels


def _clip(samples, sample_rate, whose):
    try:
        return audio.waveform(samples, sample_rate)
    except ValueError as error:
        raise errors.UserError(
            "Expected a clip of audio in example {} of {}, but {}. Prepare the "
            "dataset again without it.".format(*whose, error)
        ) from error
