"""Tests of reading classes and objects from records of TFDS."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from ednas_tf import errors
from ednas_tf.data import tfds_labels

_CLASS = tfds.features.ClassLabel(names=["cat", "dog", "sofa"])
_OTHER = tfds.features.ClassLabel(names=["left", "right"])
_BOX = tfds.features.BBoxFeature()
_OBJECTS = tfds.features.Sequence({"bbox": _BOX, "label": _CLASS})
_CLASSES = ("cat", "dog", "sofa")


def _read(found, **record):
    return found.read(tf.nest.map_structure(tf.constant, record)).numpy()


def _objects(corners, classes=None, **more):
    corners = np.float32(corners).reshape(-1, 4)
    classes = [1] * len(corners) if classes is None else classes
    objects = {"bbox": corners, "label": np.int64(classes), **more}
    labels = tfds_labels.Labels("objects", _CLASSES, ("label", "bbox", *more))
    return _read(labels, objects=objects)


def test_a_list_of_classes_comes_before_objects():
    lists = {
        "objects": _OBJECTS,
        "labels_no_difficult": tfds.features.Sequence(_CLASS),
        "labels": tfds.features.Sequence(_CLASS),
    }
    found = tfds_labels.of_classes(lists)
    assert found == tfds_labels.Labels("labels", _CLASSES)
    assert found.decoding == {"labels": True}


def test_without_a_list_objects_tell_the_classes():
    found = tfds_labels.of_classes({"objects": _OBJECTS})
    assert found == tfds_labels.Labels("objects", _CLASSES, ("label",))
    assert found.decoding == {"objects": {"label": True}}


def test_classes_become_zeros_and_ones():
    found = tfds_labels.Labels("labels", _CLASSES)
    assert _read(found, labels=np.int64([2, 0, 2])).tolist() == [1, 0, 1]
    assert _read(found, labels=np.int64([])).tolist() == [0, 0, 0]


@pytest.mark.parametrize("mark", ["is_difficult", "is_crowd"])
def test_what_is_not_counted_is_read_with_the_boxes(mark):
    inside = {"bbox": _BOX, "label": _CLASS, "pose": _OTHER, mark: np.bool_}
    features = {"objects": tfds.features.Sequence(inside)}
    found = tfds_labels.of_objects(features, "x")
    assert found.inside == ("label", "bbox", mark)
    assert found.classes == _CLASSES


def test_the_only_box_and_class_need_no_usual_name():
    faces = tfds.features.Sequence({"frame": _BOX, "kind": _OTHER})
    found = tfds_labels.of_objects({"faces": faces, "n": _CLASS}, "x")
    assert (found.feature, found.inside) == ("faces", ("kind", "frame"))


@pytest.mark.parametrize(
    "inside",
    [
        {"label": _CLASS},
        {"bbox": _BOX},
        {"bbox": _BOX, "a": _CLASS, "b": _OTHER},
        {"one": _BOX, "two": _BOX, "label": _CLASS},
    ],
)
def test_other_lists_are_no_objects(inside):
    features = {"objects": tfds.features.Sequence(inside)}
    assert tfds_labels.of_objects(features, "x") is None


def test_boxes_in_pixels_are_an_error():
    box = tfds.features.BBoxFeature(bbox_format="XYWH")
    objects = tfds.features.Sequence({"bbox": box, "label": _CLASS})
    with pytest.raises(errors.UserError, match="'x' as REL_YXYX.*XYWH"):
        tfds_labels.of_objects({"objects": objects}, "x")


def test_boxes_of_old_files_are_relative():
    box = tfds.features.BBoxFeature(bbox_format=None)
    objects = tfds.features.Sequence({"bbox": box, "label": _CLASS})
    assert tfds_labels.of_objects({"objects": objects}, "x")


def test_objects_are_rows_of_class_corners_and_mark():
    rows = _objects(
        [[0, 0.25, 0.5, 1], [0.5, 0.5, 1, 0.75]],
        [2, 0],
        is_difficult=np.array([True, False]),
    )
    expected = [[2, 0, 0.25, 0.5, 1, 1], [0, 0.5, 0.5, 1, 0.75, 0]]
    assert rows.tolist() == expected
    assert _objects([]).shape == (0, 6)


def test_boxes_are_cut_at_the_image():
    rows = _objects([[-0.5, 0.25, 0.5, 1.5]])
    assert rows[0, 1:5].tolist() == [0, 0.25, 0.5, 1]


@pytest.mark.parametrize(
    "corners",
    [[0.5, 0, 0.5, 1], [0, 0.5, 1, 0.25], [1.2, 0, 1.4, 1], [0, 0, np.nan, 1]],
)
def test_a_box_without_area_is_no_object(corners):
    assert len(_objects([corners, [0, 0, 1, 1]])) == 1


def test_an_object_without_a_class_is_none():
    assert len(_objects([[0, 0, 1, 1]], classes=[-1])) == 0
