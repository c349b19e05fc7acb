"""Tests of finding the example and its label among TFDS features."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from ednas_tf import data, errors
from ednas_tf.data import tfds_features

_LABEL = tfds.features.ClassLabel(num_classes=3)
_IMAGE = tfds.features.Image(shape=(None, None, 3))
_OBJECTS = tfds.features.Sequence(
    {"bbox": tfds.features.BBoxFeature(), "label": _LABEL}
)
_TEXT = tfds.features.Text()


def _tensor(*shape, dtype=np.int8):
    return tfds.features.Tensor(shape=shape, dtype=dtype)


def _audio(sample_rate=None, **kwargs):
    return tfds.features.Audio(sample_rate=sample_rate, **kwargs)


def _layout(supervised_keys=None, features=None, **kwargs):
    spec = data.DataSpec("words", **kwargs)
    return tfds_features.layout(features, supervised_keys, spec)


@pytest.mark.parametrize(
    ("shape", "expected"), [((49, 10), (49, 10, 1)), ((5, 4, 2), (5, 4, 2))]
)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.float32, np.int64])
def test_features_are_arrays_of_known_shape(shape, expected, dtype):
    features = {"x": _tensor(*shape, dtype=dtype), "y": _LABEL, "z": _TEXT}
    found = _layout(features=features)
    assert (found.kind, found.key) == ("features", "x")
    assert found.labels.feature == "y"
    assert (found.shape, found.dtype) == (expected, np.float32)


def test_the_dataset_says_which_array_is_meant():
    features = {"a": _tensor(4, 4), "b": _tensor(5, 5), "label": _LABEL}
    assert _layout(("b", "label"), features).shape == (5, 5, 1)
    with pytest.raises(errors.UserError, match="a, b, label"):
        _layout(None, features)


@pytest.mark.parametrize(
    "feature",
    [
        _tensor(4),
        _tensor(None, 4),
        _tensor(4, 4, 1, 2),
        _tensor(4, 4, dtype=np.bool_),
        tfds.features.Tensor(shape=(4, 4), dtype=np.str_),
        tfds.features.BBoxFeature(),
        _TEXT,
    ],
)
def test_other_features_are_no_examples(feature):
    with pytest.raises(errors.UserError, match="'words'. Received: label, x"):
        _layout(("x", "label"), {"x": feature, "label": _LABEL})


@pytest.mark.parametrize("label", [_TEXT, tfds.features.Scalar(np.int64)])
def test_audio_without_classes_is_an_error(label):
    features = {"audio": _audio(16_000), "label": label}
    with pytest.raises(errors.UserError, match="one class label") as raised:
        _layout(("audio", "label"), features)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float32])
def test_a_vector_called_audio_is_audio(dtype):
    features = {"audio": _tensor(None, dtype=dtype), "label": _LABEL}
    found = _layout(features=features, sample_rate=8000)
    assert (found.kind, found.sample_rate) == ("audio", 8000)
    assert (found.shape, found.dtype) == ((49, 10, 1), np.float32)


@pytest.mark.parametrize("given", [None, 22_050])
def test_the_stated_rate_is_taken(given):
    features = {"sound": _audio(22_050), "label": _LABEL}
    found = _layout(("sound", "label"), features, sample_rate=given)
    assert found.sample_rate == 22_050


@pytest.mark.parametrize(
    ("stated", "given", "told"),
    [
        (None, None, "'words' does not state.*--sample_rate"),
        (0, None, "does not state"),
        (16_000, 8000, "--sample_rate=16000.*Received: 8000. Remove"),
        (100, None, "a rate of 'words' from 4000 to 192000 Hz.*100"),
    ],
)
def test_a_rate_that_is_unknown_or_wrong_is_one_line(stated, given, told):
    features = {"audio": _audio(stated), "label": _LABEL}
    with pytest.raises(errors.UserError, match=told) as raised:
        _layout(("audio", "label"), features, sample_rate=given)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("feature", "told"),
    [
        (_audio(16_000, shape=(None, 2)), "one channel.*None, 2"),
        (_audio(16_000, dtype=np.uint8), "signed integers.*uint8"),
    ],
)
def test_audio_that_the_front_end_cannot_read_is_an_error(feature, told):
    with pytest.raises(errors.UserError, match=told):
        _layout(("audio", "label"), {"audio": feature, "label": _LABEL})


@pytest.mark.parametrize(
    "feature", [_audio(16_000), _tensor(49, 10)], ids=["audio", "features"]
)
def test_only_an_explicit_size_is_refused(feature):
    features = {"x": feature, "label": _LABEL}
    assert _layout(None, features, preferred_size=32).shape == (49, 10, 1)
    with pytest.raises(errors.UserError, match="no --image_size for 'words'"):
        _layout(None, features, image_size=32)


def test_images_come_first_and_have_no_rate():
    image = tfds.features.Image(shape=(None, None, 3))
    features = {"image": image, "audio": _audio(16_000), "label": _LABEL}
    assert _layout(None, features, preferred_size=9).shape == (9, 9, 3)
    with pytest.raises(errors.UserError, match="no --sample_rate"):
        _layout(None, features, preferred_size=9, sample_rate=16_000)


@pytest.mark.parametrize("task", ["multilabel", "detection"])
def test_objects_are_found_beside_other_features(task):
    features = {"image": _IMAGE, "image/filename": _TEXT, "objects": _OBJECTS}
    found = _layout(None, features, preferred_size=9, task=task)
    assert (found.key, found.labels.feature) == ("image", "objects")
    assert found.shape == (9, 9, 3)


def test_one_class_serves_as_a_set_of_one():
    features = {"x": _tensor(49, 10), "y": _LABEL}
    found = _layout(None, features, task="multilabel")
    assert (found.key, found.labels.feature) == ("x", "y")


def test_among_images_the_usual_one_shows_the_objects():
    features = {"mask": _IMAGE, "image": _IMAGE, "objects": _OBJECTS}
    found = _layout(None, features, preferred_size=9, task="detection")
    assert found.key == "image"


@pytest.mark.parametrize(
    ("features", "task", "told"),
    [
        (
            {"image": _IMAGE, "objects": _OBJECTS},
            "classification",
            "one class label.*'words'. Received: image, objects. This serves "
            "--task=detection or --task=multilabel.$",
        ),
        (
            {"image": _IMAGE, "label": _LABEL},
            "detection",
            "a box and a class.*serves --task=multilabel or "
            "--task=classification.$",
        ),
        ({"image": _IMAGE}, "detection", "Choose a dataset for --task=detect"),
        (
            {"x": _tensor(49, 10), "objects": _OBJECTS},
            "detection",
            "one image, and objects.*serves --task=multilabel.$",
        ),
    ],
)
def test_a_dataset_of_another_task_is_told(features, task, told):
    with pytest.raises(errors.UserError, match=told) as raised:
        _layout(None, features, preferred_size=9, task=task)
    assert "\n" not in str(raised.value)
