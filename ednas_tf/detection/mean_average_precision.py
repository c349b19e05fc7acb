"""How good detections are, as the Pascal VOC challenge measures it."""

import numpy as np

from ednas_tf.detection import boxes

FOUND = 0.5
"""Overlap from which on a detection has found an object."""

_RIGHT, _WRONG, _NEITHER = 1, 0, -1
_POINTS = np.linspace(0.0, 1.0, 11)
# 0.1 as a sum of shares and 0.1 itself differ in the last bit.
_ROUNDING = 1e-9


def evaluate(detections, labels, num_classes):
    """Averages over the classes how precise detections are at all recalls.

    Everingham et al. 2010, "The Pascal Visual Object Classes (VOC)
    Challenge", section 4.2, and its development kit: a detection has found
    the object of its class that it overlaps most, if by 0.5 or more; a second
    one of the same object is wrong; one of an ignored object is neither right
    nor wrong. Detections of equal score stay in the order they came in.

    Args:
        detections: For each image an array of shape `(found, 6)`: class,
            score and corners.
        labels: Array of shape `(images, max_boxes, 6)`: class (-1 in rows
            without object), corners and 1 where the object is ignored.
        num_classes: Classes of objects.

    Returns:
        A dict: `mean_average_precision` (by area, VOC 2010 and later) and
        `mean_average_precision_11_points` (VOC 2007), means over the classes
        that have objects, 0 if none has; `classes_without_objects`, how many
        are left out of these means; `per_class`, a list of dicts with
        `class`, `objects`, `average_precision` and
        `average_precision_11_points` (None for a class without objects).
    """
    if len(detections) != len(labels):
        raise ValueError(
            "`detections` and `labels` must be of the same images. Received: "
            f"{len(detections)} and {len(labels)}"
        )
    rows = [_class_row(k, detections, labels) for k in range(num_classes)]
    measured = [row for row in rows if row["objects"]]
    return {
        "mean_average_precision": _mean(measured, "average_precision"),
        "mean_average_precision_11_points": _mean(
            measured, "average_precision_11_points"
        ),
        "classes_without_objects": len(rows) - len(measured),
        "per_class": rows,
    }


def curve(right, num_objects):
    """Returns recall and precision after each detection.

    Args:
        right: Whether each detection has found an object, best score first.
        num_objects: Objects that were there to find.
    """
    found = np.cumsum(right)
    return found / num_objects, found / np.arange(1, len(found) + 1)


def area_under(recall, precision):
    """Area under the highest precision at each recall or a greater one.

    The average precision of VOC 2010 and later.

    Args:
        recall: Array of shape `(detections,)`, never falling.
        precision: Array of shape `(detections,)`.
    """
    steps = np.diff(recall, prepend=0.0)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(steps * highest))


def mean_at_points(recall, precision):
    """Mean of the highest precision at recalls of 0, 0.1, ... 1 or greater.

    The average precision of VOC 2007.

    Args:
        recall: Array of shape `(detections,)`, never falling.
        precision: Array of shape `(detections,)`.
    """
    reached = recall >= _POINTS[:, None] - _ROUNDING
    return float(np.mean(np.max(reached * precision, axis=1, initial=0.0)))


def judge(found, objects, ignored):
    """Tells which detections of one class in one image are right.

    Args:
        found: Corners of the detections, shape `(n, 4)`, best score first.
        objects: Corners of the objects, shape `(m, 4)`.
        ignored: Whether each object is ignored, shape `(m,)`.

    Returns:
        Array of shape `(n,)`: 1 right, 0 wrong, -1 neither.
    """
    verdicts = np.full(len(found), _WRONG)
    if not len(found) or not len(objects):
        return verdicts
    overlaps = boxes.iou(found, objects, k=np)
    nearest = overlaps.argmax(axis=1)
    hits = np.flatnonzero(overlaps.max(axis=1) >= FOUND)
    _, first = np.unique(nearest[hits], return_index=True)
    verdicts[hits[first]] = _RIGHT
    verdicts[hits[ignored[nearest[hits]]]] = _NEITHER
    return verdicts


def _class_row(place, detections, labels):
    """Returns the row of one class."""
    scores, verdicts, num_objects = [np.empty(0)], [np.empty(0, int)], 0
    for found, objects in zip(detections, labels, strict=True):
        found = np.asarray(found, np.float64).reshape(-1, 6)
        objects = np.asarray(objects, np.float64)
        found = found[found[:, 0] == place]
        found = found[np.argsort(-found[:, 1], kind="stable")]
        objects = objects[objects[:, 0] == place]
        ignored = objects[:, 5] > 0
        scores.append(found[:, 1])
        verdicts.append(judge(found[:, 2:], objects[:, 1:5], ignored))
        num_objects += int(np.sum(~ignored))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    verdicts = np.concatenate(verdicts)[order]
    right = verdicts[verdicts != _NEITHER] == _RIGHT
    return {
        "class": place,
        "objects": num_objects,
        **_precision(right, num_objects),
    }


def _precision(right, num_objects):
    names = ("average_precision", "average_precision_11_points")
    if not num_objects:
        return dict.fromkeys(names)
    recall, precision = curve(right, num_objects)
    values = area_under(recall, precision), mean_at_points(recall, precision)
    return dict(zip(names, values, strict=True))


def _mean(rows, name):
    return float(np.mean([row[name] for row in rows])) if rows else 0.0
