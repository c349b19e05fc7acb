"""What tells of an example, task by task, as arrays.

A class is an int32 number; several classes are a float32 row of 0 and 1, one
per class; objects are float32 rows `(class, ymin, xmin, ymax, xmax, ignored)`
with corners in 0..1 of the image, class -1 in a row without an object, and 1
for what is trained on but not counted when a detector is measured, such as
the difficult objects of Pascal VOC.
"""

import numpy as np

NO_OBJECT = (-1, 0, 0, 0, 0, 0)
"""The row of an object that is none."""


def one_hot(classes, num_classes):
    """Returns single classes as sets of one, float32 `(n, num_classes)`."""
    return np.eye(num_classes, dtype=np.float32)[classes]


def join(batches):
    """Joins the labels of batches; rows of objects are made equally many.

    Args:
        batches: List of arrays of shape `(b,)`, `(b, num_classes)` or
            `(b, objects, 6)`, in which whatever has a negative class is no
            object.

    Returns:
        Array of the shape and type that this module describes.
    """
    if batches[0].ndim == 1:
        return np.concatenate(batches).astype(np.int32)
    if batches[0].ndim == 3:
        most = max(batch.shape[1] for batch in batches)
        batches = [widen(batch, most) for batch in batches]
    return np.concatenate(batches).astype(np.float32)


def widen(objects, num_rows):
    """Returns objects of shape `(n, num_rows, 6)`; rows without one are last.

    Args:
        objects: Array of shape `(n, some, 6)`, of at most `num_rows` rows.
        num_rows: Rows of each example.
    """
    wide = np.tile(np.float32(NO_OBJECT), (len(objects), num_rows, 1))
    there = objects[..., 0] >= 0
    wide[:, : objects.shape[1]][there] = objects[there]
    return wide


def are_known(labels):
    """Returns whether labels tell something.

    Contests publish test images without labels: -1, or no class or object in
    any of them. A single image may well show nothing.
    """
    if labels.ndim == 1:
        return bool(np.all(labels >= 0))
    return bool(_held(labels).any())


def strata(labels):
    """Returns an integer per example, equal for those that are alike.

    Several classes or objects are told by the rarest class among them, so
    that each part of a cut gets its share of what there is little of.

    Args:
        labels: Array of labels of any task.

    Returns:
        Integer array of shape `(n,)`.
    """
    if labels.ndim == 1:
        return labels
    held = _held(labels)
    counts = np.where(held, held.sum(axis=0), np.inf)
    nothing = held.shape[1]
    return np.where(held.any(axis=1), np.argmin(counts, axis=1), nothing)


def _held(labels):
    """Returns which classes each example holds, bool `(n, classes)`."""
    if labels.ndim == 2:
        return labels > 0
    classes = labels[..., 0].astype(int)
    held = np.zeros((len(labels), max(classes.max(initial=0), 0) + 1), bool)
    places, rows = np.nonzero(classes >= 0)
    held[places, classes[places, rows]] = True
    return held
