"""Tests of the values that data are asked by and returned as."""

import numpy as np
import pytest

from ednas_tf import data, errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image_size", 0),
        ("max_examples", 0),
        ("alpha_split", 1.0),
        ("alpha_split", -0.1),
        ("validation_split", 1.0),
        ("seed", -1),
        ("sample_rate", 0),
        ("sample_rate", 3_999),
        ("sample_rate", 192_001),
    ],
)
def test_spec_refuses_values_out_of_bounds(field, value):
    with pytest.raises(errors.UserError, match=f"--{field}.*{value}"):
        data.DataSpec("digits", **{field: value})


def test_spec_refuses_a_task_that_is_none():
    with pytest.raises(errors.UserError, match="Did you mean 'detection'"):
        data.DataSpec("digits", task="detect")


@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        ("image", "sample_rate"),
        ("audio", "image_size"),
        ("features", "image_size"),
        ("features", "sample_rate"),
    ],
)
def test_a_flag_of_another_kind_of_examples_is_refused(kind, flag):
    spec = data.DataSpec("words", **{flag: 8000})
    with pytest.raises(errors.UserError, match=f"no --{flag} for 'words'"):
        spec.check_kind(kind)


def test_a_preferred_size_is_for_images_alone():
    spec = data.DataSpec("words", preferred_size=32)
    for kind in ("image", "audio", "features"):
        spec.check_kind(kind)
    assert spec.side == 32
    assert data.DataSpec("x", image_size=8, preferred_size=32).side == 8


def test_examples_refuse_labels_that_miss():
    images = np.zeros((3, 2, 2, 1), np.uint8)
    with pytest.raises(ValueError, match="3, 2, 3"):
        data.Examples(images, np.zeros(2, np.int32), np.arange(3))


def test_take_keeps_images_labels_and_ids_together(make_dataset):
    test = make_dataset().splits.test
    part = test.take(np.array([4, 1]))
    np.testing.assert_array_equal(part.images, test.images[[4, 1]])
    assert part.labels.tolist() == [1, 1]
    assert part.ids.tolist() == [64, 61]


def test_train_is_weights_and_alphas(make_dataset):
    splits = make_dataset().splits
    train = splits.train
    assert len(train) == len(splits.weights) + len(splits.alphas) == 54
    assert set(train.ids) == {*splits.weights.ids, *splits.alphas.ids}
    np.testing.assert_array_equal(train.images[-1], splits.alphas.images[-1])


def test_train_without_alphas_is_weights(make_dataset):
    splits = make_dataset(alpha_split=0).splits
    np.testing.assert_array_equal(splits.train.ids, splits.weights.ids)
