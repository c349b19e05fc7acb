"""Tests of loading a dataset by its name."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ednas_tf import data, errors
from ednas_tf.data import loading


def test_digits_come_in_four_disjoint_parts():
    dataset = data.load(data.DataSpec("digits", image_size=8))
    splits = dataset.splits
    parts = (splits.weights, splits.alphas, splits.validation, splits.test)
    assert [len(part) for part in parts] == [647, 647, 144, 359]
    ids = np.concatenate([part.ids for part in parts])
    assert len(set(ids)) == 1797
    assert dataset.input_shape == (8, 8, 1)
    assert (dataset.num_classes, dataset.classes[9]) == (10, "9")


def test_the_same_spec_gives_the_same_data():
    spec = data.DataSpec("digits", image_size=8, seed=5)
    first, second = data.load(spec), data.load(spec)
    assert first.mean == second.mean
    np.testing.assert_array_equal(
        first.splits.alphas.images, second.splits.alphas.images
    )


def test_statistics_come_from_weights_and_alphas_alone():
    dataset = data.load(data.DataSpec("digits", image_size=8))
    pixels = dataset.splits.train.images.astype(float)
    assert dataset.mean == pytest.approx((pixels.mean(),))
    assert dataset.std == pytest.approx((pixels.std(),))


@given(arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 5)] * 3, st.just(3))))
def test_statistics_are_those_of_numpy(images):
    mean, std = loading.channel_statistics(images)
    np.testing.assert_allclose(mean, images.mean(axis=(0, 1, 2)))
    expected = images.std(axis=(0, 1, 2))
    expected[expected < 1e-4] = 1
    np.testing.assert_allclose(std, expected, rtol=1e-6)


def test_statistics_do_not_depend_on_the_chunks(monkeypatch, make_dataset):
    images = make_dataset().splits.weights.images
    whole = loading.channel_statistics(images)
    monkeypatch.setattr(loading, "_CHUNK_VALUES", 500)
    np.testing.assert_allclose(loading.channel_statistics(images), whole)


def test_statistics_of_features_may_be_small_and_far_from_zero():
    generator = np.random.default_rng(0)
    values = generator.normal([-500, 0], [0.01, 1e-6], (50, 4, 4, 2))
    mean, std = loading.channel_statistics(values)
    np.testing.assert_allclose(mean, values.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(std, values.std(axis=(0, 1, 2)), rtol=1e-3)


def test_a_constant_feature_is_not_divided_by_its_rounding():
    values = np.full((9, 3, 3, 1), -123.4567, np.float32)
    assert loading.channel_statistics(values)[1] == (1.0,)


def test_features_are_told_from_images(store_tfds):
    features = {
        "mfcc": tfds.features.Tensor(shape=(4, 3), dtype=np.int8),
        "label": tfds.features.ClassLabel(num_classes=2),
    }
    values = np.arange(12, dtype=np.int8).reshape(4, 3)
    records = [{"mfcc": values, "label": i % 2} for i in range(10)]
    data_dir = store_tfds(features, train=records, test=records)
    dataset = data.load(data.DataSpec("made", data_dir, preferred_size=32))
    assert dataset.kind == "features"
    assert dataset.input_shape == (4, 3, 1)
    assert dataset.mean == pytest.approx((5.5,))


def test_a_folder_is_loaded_by_its_path(image_folder):
    dataset = data.load(data.DataSpec(f"folder:{image_folder}"))
    assert dataset.input_shape == (5, 6, 3)
    assert dataset.classes == ("cat", "dog")


def test_any_other_name_is_a_tfds_name(make_tfds):
    records = [((4, 4), i % 2) for i in range(10)]
    data_dir = make_tfds(size=4, train=records, test=records)
    dataset = data.load(data.DataSpec("made", data_dir))
    assert len(dataset.splits.test) == 10
    with pytest.raises(errors.UserError, match="Did you mean 'digits'"):
        data.load(data.DataSpec("digit", data_dir))


def test_digits_may_be_told_as_sets_of_one():
    plain = data.load(data.DataSpec("digits", image_size=8))
    sets = data.load(data.DataSpec("digits", image_size=8, task="multilabel"))
    assert (plain.task, sets.task) == ("classification", "multilabel")
    for part in ("weights", "alphas", "validation", "test"):
        one, other = getattr(plain.splits, part), getattr(sets.splits, part)
        np.testing.assert_array_equal(other.ids, one.ids)
        np.testing.assert_array_equal(np.argmax(other.labels, 1), one.labels)
        assert np.all(np.sum(other.labels, 1) == 1)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"train_split": "train"}, "no --train_split for '{}'.*Remove"),
        ({"test_split": "x"}, "no --test_split for '{}'.*Received: x"),
        ({"task": "detection"}, "boxes for --task=detection.*'{}'.*classific"),
    ],
)
@pytest.mark.parametrize("name", ["digits", "folder:photos"])
def test_only_datasets_of_tfds_have_splits_and_boxes(name, flags, told):
    with pytest.raises(errors.UserError, match=told.format(name)) as raised:
        data.load(data.DataSpec(name, **flags))
    assert "\n" not in str(raised.value)


def test_importing_the_package_does_not_import_tensorflow():
    code = "import sys, ednas_tf.data; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
