"""Loads a dataset by its name: read, cut into splits, measured."""

import dataclasses

import numpy as np

from ednas_tf import errors, tasks
from ednas_tf.data import examples, labels, splitting

FOLDER_PREFIX = "folder:"
_CHUNK_VALUES = 2**22
_ROUNDING = 1e-12


def load(spec):
    """Loads, cuts and measures a dataset.

    Args:
        spec: A `DataSpec`.

    Returns:
        A `Dataset`; the same one for the same spec and files.
    """
    source = _for_task(_read(spec), spec.task)
    splits = splitting.cut(source, spec)
    mean, std = channel_statistics(splits.train.images)
    return examples.Dataset(
        name=spec.name,
        input_shape=tuple(splits.weights.images.shape[1:]),
        num_classes=len(source.classes),
        classes=tuple(source.classes),
        mean=mean,
        std=std,
        splits=splits,
        kind=source.kind,
        task=spec.task,
    )


def channel_statistics(images):
    """Returns mean and standard deviation of each channel, as two tuples.

    Args:
        images: Array of shape `(n, h, w, c)`, of any type.
    """
    channels = images.shape[-1]
    total, squares = np.zeros(channels), np.zeros(channels)
    rows = max(1, _CHUNK_VALUES // max(1, images[:1].size))
    for start in range(0, len(images), rows):
        pixels = images[start : start + rows].reshape(-1, channels)
        pixels = pixels.astype(np.float64)
        total += pixels.sum(axis=0)
        squares += np.square(pixels).sum(axis=0)
    count = images.size // channels
    mean = total / count
    variance = np.maximum(squares / count - np.square(mean), 0.0)
    # A constant channel is only shifted: dividing by zero would give NaN.
    # What rounding leaves of one is told by the size of its values.
    varies = variance > _ROUNDING * squares / count
    std = np.where(varies, np.sqrt(variance), 1.0)
    return tuple(mean.tolist()), tuple(std.tolist())


def _read(spec):
    # The sources import TensorFlow, which takes seconds: only when needed.
    if spec.name == "digits":
        from ednas_tf.data import digits_source

        _check_plain(spec)
        return digits_source.read(spec)
    if spec.name.startswith(FOLDER_PREFIX):
        from ednas_tf.data import folder_source

        _check_plain(spec)
        return folder_source.read(spec)
    from ednas_tf.data import tfds_source

    return tfds_source.read(spec)


def _check_plain(spec):
    """Raises `UserError` for what datasets of TFDS alone have."""
    for flag in ("train_split", "test_split"):
        value = getattr(spec, flag)
        if value is not None:
            raise errors.UserError(
                f"Expected no --{flag} for '{spec.name}', whose examples are "
                f"no splits of TFDS. Received: {value}. Remove the flag."
            )
    if spec.task == tasks.DETECTION:
        raise errors.UserError(
            f"Expected objects with boxes for --task={spec.task}. Received: "
            f"'{spec.name}', which has classes alone. Choose a TFDS dataset "
            f"with boxes, or --task={tasks.CLASSIFICATION}."
        )


def _for_task(source, task):
    """Returns the source with sets of one class, if classes are asked for."""
    if task != tasks.MULTILABEL or source.train.labels.ndim > 1:
        return source
    train, test = (
        dataclasses.replace(
            part, labels=labels.one_hot(part.labels, len(source.classes))
        )
        for part in (source.train, source.test)
    )
    return dataclasses.replace(source, train=train, test=test)
