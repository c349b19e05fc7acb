"""Tests of reading TFDS datasets."""

import pathlib
import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from sklearn import linear_model, pipeline, preprocessing

from ednas_tf import data, errors
from ednas_tf.data import images, tfds_source

_SHARED = pathlib.Path(__file__).parents[2] / "../shared/data/tfds"
_NEEDS_SHARED = pytest.mark.skipif(
    not _SHARED.is_dir(), reason="needs the prepared datasets of ../shared"
)


def _records(count, shape=(4, 4), label=lambda i: i % 2):
    return [(shape, label(i)) for i in range(count)]


@pytest.fixture(scope="module")
def data_dir(make_tfds):
    return make_tfds(size=4, train=_records(10), test=_records(6))


def _read(data_dir, name="made", **kwargs):
    return tfds_source.read(data.DataSpec(name, str(data_dir), **kwargs))


def test_reads_both_splits_whole_and_in_order(data_dir):
    source = _read(data_dir)
    assert source.classes == ("no", "yes")
    np.testing.assert_array_equal(
        source.train.images[:, 0, 0, 0], np.arange(10)
    )
    np.testing.assert_array_equal(source.test.labels, [0, 1, 0, 1, 0, 1])
    assert source.train.ids.tolist() == list(range(10))
    assert source.test.ids.tolist() == list(range(10, 16))


def test_cap_bounds_training_and_test(data_dir):
    source = _read(data_dir, max_examples=7)
    assert (len(source.train), len(source.test)) == (7, 6)
    source = _read(data_dir, max_examples=3)
    assert (len(source.train), len(source.test)) == (3, 3)
    assert source.test.ids.tolist() == [10, 11, 12]


def test_images_are_resized(data_dir):
    assert _read(data_dir, image_size=9).test.images.shape == (6, 9, 9, 3)


def test_grey_images_keep_one_channel(make_tfds):
    data_dir = make_tfds(channels=1, size=4, train=_records(4))
    assert _read(data_dir).train.images.shape[1:] == (4, 4, 1)


def test_a_fifth_is_held_out_without_a_test_split(make_tfds):
    data_dir = make_tfds(size=4, train=_records(20))
    source = _read(data_dir)
    assert (len(source.train), len(source.test)) == (16, 4)
    ids = np.concatenate([source.train.ids, source.test.ids])
    assert sorted(ids) == list(range(20))
    source = _read(data_dir, max_examples=8)
    assert (len(source.train), len(source.test)) == (8, 2)


def test_validation_is_the_test_where_test_has_no_labels(make_tfds):
    data_dir = make_tfds(
        size=4,
        train=_records(5),
        validation=_records(4),
        test=_records(3, label=lambda i: -1),
    )
    assert len(_read(data_dir).test) == 4


def test_training_examples_without_labels_are_an_error(make_tfds):
    data_dir = make_tfds(size=4, train=_records(5, label=lambda i: -1))
    with pytest.raises(errors.UserError, match="Expected a label"):
        _read(data_dir)


def test_varying_images_need_a_size(make_tfds):
    records = [((4, 4), 0), ((5, 3), 1), ((4, 4), 0), ((6, 6), 1)]
    data_dir = make_tfds(train=records, test=records)
    with pytest.raises(errors.UserError, match="--image_size"):
        _read(data_dir)
    assert _read(data_dir, image_size=4).train.images.shape == (4, 4, 4, 3)


def test_a_label_that_is_no_class_is_an_error(make_tfds):
    scalar = tfds.features.Scalar(np.int64)
    data_dir = make_tfds(label=scalar, train=_records(2))
    with pytest.raises(errors.UserError, match="image, label.*classif"):
        _read(data_dir)


def test_missing_training_split_is_an_error(make_tfds):
    data_dir = make_tfds(size=4, test=_records(2))
    with pytest.raises(errors.UserError, match="'train'.*Received: test"):
        _read(data_dir)


def test_images_with_transparency_are_an_error(make_tfds):
    data_dir = make_tfds(channels=4, size=4, train=_records(2))
    with pytest.raises(errors.UserError, match="1 or 3 channels.*4"):
        _read(data_dir)


def test_more_than_memory_holds_is_an_error(data_dir, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 16 * 4 * 4 * 3 - 1)
    with pytest.raises(errors.UserError, match="--max_examples"):
        _read(data_dir)
    assert len(_read(data_dir, max_examples=9).train) == 9


@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_damaged_files_are_one_line(data_dir, tmp_path, damage):
    copy = tmp_path / "tfds"
    shutil.copytree(data_dir, copy)
    (records,) = copy.glob("made/1.0.0/*train*")
    content = records.read_bytes()
    records.unlink()
    if damage == "cut":
        records.write_bytes(content[: len(content) // 2])
    with pytest.raises(errors.UserError, match="Could not read") as raised:
        _read(copy)
    assert "\n" not in str(raised.value)


@_NEEDS_SHARED
def test_cats_and_dogs_need_no_registered_code():
    source = _read(_SHARED, "cats_dogs112", image_size=32)
    assert source.classes == ("cat", "dog")
    assert source.train.images.shape == (1113, 32, 32, 3)
    assert len(source.test) == 286


@_NEEDS_SHARED
def test_cifar10_agrees_with_tfds():
    source = _read(_SHARED, "cifar10:3.0.2", max_examples=50)
    expected = tfds.load(
        "cifar10", data_dir=_SHARED, split="test[:50]", download=False
    ).batch(50)
    (batch,) = expected.as_numpy_iterator()
    np.testing.assert_array_equal(source.test.images, batch["image"])
    np.testing.assert_array_equal(source.test.labels, batch["label"])
    assert source.classes[3] == "cat"


@_NEEDS_SHARED
def test_boxes_are_no_classes():
    told = "bccd.*image, image/file.*--task=detection or --task=multilabel"
    with pytest.raises(errors.UserError, match=told):
        _read(_SHARED, "bccd", image_size=32)


@_NEEDS_SHARED
def test_published_features_keep_their_values():
    source = _read(_SHARED, "gsc_kws12_mfcc", max_examples=20)
    expected = tfds.load(
        "gsc_kws12_mfcc", data_dir=_SHARED, split="test[:20]", download=False
    ).batch(20)
    (batch,) = expected.as_numpy_iterator()
    np.testing.assert_array_equal(source.test.images, batch["mfcc"])
    assert source.test.images.dtype == np.float32
    assert source.test.images.shape == (20, 49, 10, 1)
    assert (source.kind, len(source.classes)) == ("features", 12)


@_NEEDS_SHARED
def test_spoken_digits_are_told_apart_by_their_features():
    source = _read(_SHARED, "fsdd_digits", sample_rate=8000, max_examples=800)
    assert source.train.images.shape == (800, 49, 10, 1)
    flat = [p.images.reshape(len(p), -1) for p in (source.train, source.test)]
    model = pipeline.make_pipeline(
        preprocessing.StandardScaler(),
        linear_model.LogisticRegression(C=0.01, max_iter=200),
    )
    model.fit(flat[0], source.train.labels)
    # Ten digits: a tenth by chance.
    assert model.score(flat[1], source.test.labels) > 0.7
