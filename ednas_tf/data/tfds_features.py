"""Which of a TFDS dataset's features are the example and its labels."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ednas_tf import errors, tasks
from ednas_tf.data import audio, examples, tfds_labels

_USUAL = (("image", "label"), ("audio", "label"))
_NEEDED = {
    tasks.CLASSIFICATION: "and one class label,",
    tasks.MULTILABEL: "and its classes or its objects,",
    tasks.DETECTION: "and objects with a box and a class,",
}


@dataclasses.dataclass(frozen=True)
class Layout:
    """What the records of a dataset hold, and what is made of it.

    Attributes:
        kind: `IMAGE`, `AUDIO` or `FEATURES` of `examples`.
        key: Name of the feature that holds the example.
        labels: The `tfds_labels.Labels` of what tells of it.
        shape: `(h, w, c)` of an example.
        sample_rate: Rate of audio in Hz, else None.
    """

    kind: str
    key: str
    labels: tfds_labels.Labels
    shape: tuple
    sample_rate: int | None = None

    @property
    def dtype(self):
        """Type of the values of an example."""
        image = self.kind == examples.IMAGE
        return np.dtype(np.uint8 if image else np.float32)


def layout(features, supervised_keys, spec):
    """Returns the `Layout` of a dataset; raises `UserError` without one.

    Args:
        features: Dictionary of name to TFDS feature.
        supervised_keys: Names of the example and its label as the dataset
            states them, or None.
        spec: The `DataSpec`.
    """
    key, labels = _roles(features, supervised_keys, spec)
    kind = _kind(key, features[key])
    spec.check_kind(kind)
    if kind == examples.IMAGE:
        shape, rate = _image_shape(features[key], spec), None
    elif kind == examples.AUDIO:
        shape, rate = audio.FEATURE_SHAPE, _sample_rate(features[key], spec)
    else:
        shape, rate = (*features[key].shape, 1)[:3], None
    return Layout(kind, key, labels, shape, rate)


def _roles(features, supervised_keys, spec):
    """Returns the name of the example and the `Labels` for the task."""
    arguments = features, supervised_keys, spec.name
    finders = {
        tasks.DETECTION: _with_objects,
        tasks.MULTILABEL: _with_classes,
        tasks.CLASSIFICATION: _with_class,
    }
    found = finders[spec.task](*arguments)
    if found:
        return found
    served = [task for task, find in finders.items() if find(*arguments)]
    advice = f"Choose a dataset for --task={spec.task}."
    if served:
        names = " or ".join(f"--task={task}" for task in served)
        advice = f"This serves {names}."
    example = "one image, one clip of audio or one array of features, "
    if spec.task == tasks.DETECTION:
        example = "one image, "
    raise errors.UserError(
        f"Expected {example}{_NEEDED[spec.task]} in each example of "
        f"'{spec.name}'. Received: {', '.join(sorted(features))}. {advice}"
    )


def _with_class(features, supervised_keys, name):
    """Returns the names of an example and of its one class, or None."""
    del name
    usable = _usable(features)
    classes = [key for key in features if tfds_labels.is_class(features[key])]
    pairs = [supervised_keys, *_USUAL]
    if len(usable) == len(classes) == 1:
        pairs.append((usable[0], classes[0]))
    for pair in pairs:
        if pair and pair[0] in usable and pair[1] in classes:
            return pair[0], tfds_labels.of_class(features, pair[1])
    return None


def _with_classes(features, supervised_keys, name):
    """Returns an example and its classes; one class will also do."""
    key = _example(_usable(features), supervised_keys)
    labels = tfds_labels.of_classes(features)
    if key is None or labels is None:
        return _with_class(features, supervised_keys, name)
    return key, labels


def _with_objects(features, supervised_keys, name):
    """Returns an image and its objects, or None."""
    images = [
        key
        for key in _usable(features)
        if _kind(key, features[key]) == examples.IMAGE
    ]
    key = _example(images, supervised_keys)
    labels = tfds_labels.of_objects(features, name)
    return None if key is None or labels is None else (key, labels)


def _usable(features):
    """Returns the names of what may be an example."""
    return [key for key in features if _kind(key, features[key])]


def _example(usable, supervised_keys):
    """Returns the name of the example, or None if there is no telling."""
    stated = supervised_keys[0] if supervised_keys else None
    for key in (stated, *(pair[0] for pair in _USUAL)):
        if key in usable:
            return key
    return usable[0] if len(usable) == 1 else None


def _kind(key, feature):
    """Returns what examples a feature holds, or None.

    Subclasses of `Tensor` mean something else: boxes, classes, masks.
    """
    if isinstance(feature, tfds.features.Image):
        return examples.IMAGE
    plain = type(feature) is tfds.features.Tensor
    sound = isinstance(feature, tfds.features.Audio) or (
        plain and key == "audio" and len(feature.shape) == 1
    )
    if not (sound or plain) or not _is_numeric(feature):
        return None
    if sound:
        return examples.AUDIO
    known = len(feature.shape) in (2, 3) and all(feature.shape)
    return examples.FEATURES if known else None


def _is_numeric(feature):
    kinds = (np.integer, np.floating)
    return any(np.issubdtype(feature.np_dtype, kind) for kind in kinds)


def _image_shape(feature, spec):
    height, width, channels = feature.shape
    if feature.np_dtype != np.uint8 or channels not in (1, 3):
        raise errors.UserError(
            f"Expected uint8 images of 1 or 3 channels in '{spec.name}'. "
            f"Received: {np.dtype(feature.np_dtype).name} of {channels}"
        )
    if spec.side:
        return spec.side, spec.side, channels
    if height is None or width is None:
        raise errors.UserError(
            f"Expected images of one size, but those of '{spec.name}' vary. "
            "Give one with --image_size."
        )
    return height, width, channels


def _sample_rate(feature, spec):
    """Returns the rate in Hz that a dataset states, or else the flag's."""
    name = np.dtype(feature.np_dtype).name
    if len(feature.shape) != 1 or name.startswith("uint"):
        raise errors.UserError(
            f"Expected audio of one channel, of floats or signed integers, in "
            f"'{spec.name}'. Received: {name} of shape {feature.shape}"
        )
    stated = getattr(feature, "sample_rate", None)
    if not stated and not spec.sample_rate:
        raise errors.UserError(
            f"The dataset '{spec.name}' does not state the rate of its audio. "
            "Give it with --sample_rate, in Hz."
        )
    if stated and spec.sample_rate not in (None, stated):
        raise errors.UserError(
            f"Expected --sample_rate={stated}, as '{spec.name}' states. "
            f"Received: {spec.sample_rate}. Remove the flag."
        )
    if stated:
        examples.check_sample_rate(stated, f"a rate of '{spec.name}'")
    return stated or spec.sample_rate
