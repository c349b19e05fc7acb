"""Tests of reading several classes and boxes from TFDS datasets."""

import pathlib

import numpy as np
import pytest
import tensorflow_datasets as tfds

from ednas_tf import data, errors
from ednas_tf.data import tfds_source

_SHARED = pathlib.Path(__file__).parents[2] / "../shared/data/tfds"
_NEEDS_SHARED = pytest.mark.skipif(
    not (_SHARED / "bccd").is_dir(), reason="needs bccd of ../shared"
)
_NOTHING = [-1, 0, 0, 0, 0, 0]
_CAT = (0, (0.0, 0.25, 0.5, 1.0), False)
_DOG = (1, (0.25, 0.25, 0.75, 0.5), True)
_LINE = (2, (0.5, 0.25, 0.5, 0.5), False)


def _read(data_dir, name="made", task="detection", **kwargs):
    spec = data.DataSpec(
        name, str(data_dir), **{"image_size": 4, "task": task, **kwargs}
    )
    return tfds_source.read(spec)


@pytest.fixture(scope="module")
def voc(make_voc):
    """Two years: the second has no labels in its test, like that of VOC."""
    train = [[_CAT], [_CAT, _DOG, _LINE], []]
    place = make_voc("2007", train=train, validation=[[_DOG]], test=[[_CAT]])
    return make_voc("2012", place, train=[[_DOG]] * 4, test=[[], []])


def test_objects_are_read_as_rows(voc):
    source = _read(voc, "made/2007")
    assert source.classes == ("cat", "dog", "sofa")
    cat, dog = [0, 0, 0.25, 0.5, 1, 0], [1, 0.25, 0.25, 0.75, 0.5, 1]
    expected = [[cat, _NOTHING], [cat, dog], [_NOTHING] * 2]
    assert source.train.labels.tolist() == expected
    assert source.train.labels.dtype == np.float32
    assert source.train.images.shape == (3, 4, 4, 3)


def test_both_parts_have_as_many_rows(voc):
    source = _read(voc, "made/2007")
    assert source.test.labels.tolist() == [[[0, 0, 0.25, 0.5, 1, 0], _NOTHING]]


def test_classes_of_several_are_read_as_zeros_and_ones(voc):
    source = _read(voc, "made/2007", task="multilabel")
    assert source.train.labels.tolist() == [[1, 0, 0], [1, 1, 1], [0, 0, 0]]


def test_years_train_together_and_the_first_tests(voc):
    source = _read(
        voc,
        "made/2007+made/2012",
        task="multilabel",
        train_split="train",
        test_split="test",
    )
    assert source.train.images[:, 0, 0, 0].tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert source.train.labels[:, 1].tolist() == [0, 1, 0, 1, 1, 1, 1]
    assert source.train.ids.tolist() == list(range(7))
    assert (source.test.ids.tolist(), len(source.test.labels)) == ([7], 1)


def test_splits_train_together_and_ids_stay_their_own(voc):
    source = _read(voc, "made/2007", train_split="train[1:]+validation")
    assert source.train.images[:, 0, 0, 0].tolist() == [1, 2, 0]
    assert source.train.ids.tolist() == [0, 1, 2]
    assert source.test.ids.tolist() == [3]


def test_a_cap_takes_from_every_part(voc):
    source = _read(voc, "made/2007+made/2012", max_examples=4)
    assert source.train.ids.tolist() == [0, 3, 4, 5]


def test_a_test_split_without_objects_is_passed_over(voc):
    source = _read(voc, "made/2012")
    ids = [*source.train.ids, *source.test.ids]
    assert sorted(ids) == [0, 1, 2, 3]
    assert len(source.test) == 1


@pytest.mark.parametrize("task", ["detection", "multilabel"])
def test_a_test_split_without_objects_is_an_error_if_asked_for(voc, task):
    told = "Expected a label.*'test' of 'made/2012'.*Choose another split"
    with pytest.raises(errors.UserError, match=told):
        _read(voc, "made/2012", task=task, test_split="test")


def test_datasets_of_other_classes_do_not_train_together(voc, make_tfds):
    other = make_tfds(size=4, train=[((4, 4), 0)] * 4)
    (pathlib.Path(voc) / "other").symlink_to(pathlib.Path(other) / "made")
    told = "the same classes in 'made/2007' and 'other'.*'sofa'.*'yes'"
    with pytest.raises(errors.UserError, match=told):
        _read(voc, "made/2007+other", task="multilabel")


def test_one_class_does_not_train_with_lists_of_classes(voc, make_tfds):
    label = tfds.features.ClassLabel(names=["cat", "dog", "sofa"])
    other = make_tfds(label, size=4, train=[((4, 4), 0)] * 4)
    (pathlib.Path(voc) / "single").symlink_to(pathlib.Path(other) / "made")
    with pytest.raises(errors.UserError, match="Sequence and ClassLabel"):
        _read(voc, "made/2007+single", task="multilabel")


def test_one_class_each_may_be_read_as_several(make_tfds):
    records = [((4, 4), i % 2) for i in range(10)]
    place = make_tfds(size=4, train=records, test=records)
    spec = data.DataSpec("made", place, task="multilabel")
    test = data.load(spec).splits.test
    np.testing.assert_array_equal(test.labels, np.tile(np.eye(2), (5, 1)))


def test_a_loaded_dataset_says_its_task(voc):
    spec = data.DataSpec(
        "made/2012", voc, image_size=8, task="detection", validation_split=0
    )
    dataset = data.load(spec)
    assert (dataset.task, dataset.num_classes) == ("detection", 3)
    assert dataset.splits.train.labels.shape == (3, 1, 6)


@_NEEDS_SHARED
@pytest.mark.parametrize("split", ["test", "validation"])
def test_blood_cells_agree_with_tfds(split):
    source = _read(_SHARED, "bccd", test_split=split)
    records = tfds.load("bccd", data_dir=_SHARED, split=split, download=False)
    objects = [record["objects"] for record in records.as_numpy_iterator()]
    for found, expected in zip(source.test.labels, objects, strict=True):
        rows = found[found[:, 0] >= 0]
        sides = expected["bbox"][:, 2:] - expected["bbox"][:, :2]
        sound = np.all(sides > 0, axis=1)
        np.testing.assert_array_equal(rows[:, 0], expected["label"][sound])
        np.testing.assert_allclose(rows[:, 1:5], expected["bbox"][sound])
    assert source.classes == ("RBC", "WBC", "Platelets")


@_NEEDS_SHARED
def test_every_part_of_the_blood_cells_shows_platelets():
    spec = data.DataSpec("bccd", str(_SHARED), image_size=8, task="detection")
    splits = data.load(spec).splits
    parts = (splits.weights, splits.alphas, splits.validation, splits.test)
    assert [len(part) for part in parts] == [93, 92, 20, 72]
    for part in parts:
        share = np.mean(np.any(part.labels[..., 0] == 2, axis=1))
        assert 0.5 < share < 0.6
