"""Which of a TFDS dataset's features tell of an example, and how."""

import dataclasses

import tensorflow as tf
import tensorflow_datasets as tfds

from ednas_tf import errors

_IGNORED = ("is_difficult", "is_crowd")
"""Features that mark objects which Pascal VOC and COCO do not count."""


@dataclasses.dataclass(frozen=True)
class Labels:
    """Where the labels of a record lie.

    Attributes:
        feature: Name of the feature: a class, a sequence of classes, or a
            sequence of objects.
        classes: Names of the classes, by label.
        inside: Names of what is read of each object: its class, or its class
            and its box, or also whether it is ignored. Empty without objects.
    """

    feature: str
    classes: tuple
    inside: tuple = ()

    @property
    def decoding(self):
        """What TFDS must decode, for `tfds.decode.PartialDecoding`."""
        return {self.feature: dict.fromkeys(self.inside, True) or True}

    def read(self, record):
        """Returns the label of a record, a dictionary of tensors.

        Returns:
            Scalar; or float32 of shape `(num_classes,)`; or, where boxes are
            read, float32 of shape `(objects, 6)`. See `labels`.
        """
        value = record[self.feature]
        if len(self.inside) > 1:
            return _objects(*(value[key] for key in self.inside))
        if self.inside:
            value = value[self.inside[0]]
        if value.shape.rank == 0:
            return value
        counts = tf.reduce_sum(tf.one_hot(value, len(self.classes)), axis=0)
        return tf.minimum(counts, 1.0)


def is_class(feature):
    """Returns whether a feature is one class."""
    return isinstance(feature, tfds.features.ClassLabel)


def of_class(features, key):
    """Returns the `Labels` of a feature that is one class."""
    return Labels(key, tuple(features[key].names))


def of_classes(features):
    """Returns the `Labels` of several classes, or None.

    A sequence of classes comes before the classes of objects.
    """
    lists = [key for key in features if _is_class_list(features[key])]
    key = _one_of(lists, "labels")
    if key is not None:
        return Labels(key, tuple(features[key].feature.names))
    key, inside = _object_list(features)
    if key is None:
        return None
    label = _class_inside(inside)
    return Labels(key, tuple(inside[label].names), (label,))


def of_objects(features, name):
    """Returns the `Labels` of objects with boxes, or None.

    Args:
        features: Dictionary of name to TFDS feature.
        name: Name of the dataset, for errors.
    """
    key, inside = _object_list(features)
    if key is None:
        return None
    label, box = _class_inside(inside), _box_inside(inside)
    boxes = inside[box].bbox_format
    # Files that an older TFDS has made say nothing: then it knew no other.
    if boxes is not None and boxes.value != "REL_YXYX":
        raise errors.UserError(
            f"Expected boxes of '{name}' as REL_YXYX, parts of the image. "
            f"Received: {boxes.value}. Prepare the dataset with those."
        )
    ignored = [key for key in _IGNORED if key in inside][:1]
    return Labels(key, tuple(inside[label].names), (label, box, *ignored))


def _objects(classes, corners, ignored=None):
    """Returns the rows of objects that have a class and an area.

    Args:
        classes: Integer tensor of shape `(objects,)`.
        corners: float32 tensor of shape `(objects, 4)`; what lies outside of
            the image is cut off.
        ignored: Tensor of shape `(objects,)`, true for an object that is not
            counted, or None.
    """
    corners = tf.clip_by_value(corners, 0.0, 1.0)
    corners = tf.ensure_shape(corners, (None, 4))
    classes = tf.cast(classes, tf.float32)
    marks = tf.zeros_like(classes)
    if ignored is not None:
        marks = tf.cast(ignored, tf.float32)
    rows = [classes[:, None], corners, marks[:, None]]
    sides = corners[:, 2:] - corners[:, :2]
    sound = tf.reduce_all(sides > 0, axis=1) & (classes >= 0)
    return tf.boolean_mask(tf.concat(rows, axis=1), sound)


def _is_class_list(feature):
    sequence = isinstance(feature, tfds.features.Sequence)
    return sequence and is_class(feature.feature)


def _object_list(features):
    """Returns the name of the objects and their features, or two None."""
    found = {
        key: dict(feature.feature)
        for key, feature in features.items()
        if isinstance(feature, tfds.features.Sequence)
        and isinstance(feature.feature, tfds.features.FeaturesDict)
    }
    usable = [
        key
        for key, inside in found.items()
        if _class_inside(inside) is not None and _box_inside(inside) is not None
    ]
    key = _one_of(usable, "objects")
    return key, found.get(key)


def _class_inside(inside):
    return _one_of([key for key in inside if is_class(inside[key])], "label")


def _box_inside(inside):
    boxes = [
        key
        for key in inside
        if isinstance(inside[key], tfds.features.BBoxFeature)
    ]
    return _one_of(boxes, "bbox")


def _one_of(keys, usual):
    """Returns the usual key if it is there, else the only one, or None."""
    if usual in keys:
        return usual
    return keys[0] if len(keys) == 1 else None
