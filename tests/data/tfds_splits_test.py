"""Tests of choosing which records train and which test."""

import types

import pytest
import tensorflow_datasets as tfds
from hypothesis import given
from hypothesis import strategies as st

from ednas_tf import data, errors
from ednas_tf.data import tfds_splits


def _prepared(name="a", **sizes):
    splits = {
        split: types.SimpleNamespace(num_examples=size, shard_lengths=[size])
        for split, size in sizes.items()
    }
    info = types.SimpleNamespace(splits=splits)
    builder = types.SimpleNamespace(info=info, data_dir=f"/data/{name}")
    return tfds_splits.Prepared(name, builder, None)


_WHOLE = _prepared(train=10, validation=6, test=4)


def _training(*datasets, text=None):
    spec = data.DataSpec("x", train_split=text)
    parts = tfds_splits.training(datasets, spec)
    return [(p.whose.name, p.split, p.start, p.end) for p in parts]


def _testing(whose=_WHOLE, train=None, test=None, has_labels=lambda _: True):
    spec = data.DataSpec("x", train_split=train, test_split=test)
    trained = tfds_splits.training([whose], spec)
    parts = tfds_splits.testing(whose, trained, spec, has_labels)
    return [(part.split, part.start, part.end) for part in parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, [("train", 0, 10)]),
        ("train+validation", [("train", 0, 10), ("validation", 0, 6)]),
        ("test[1:] + train[:50%]", [("test", 1, 4), ("train", 0, 5)]),
        ("train[:3]+train[-3:]", [("train", 0, 3), ("train", 7, 10)]),
    ],
)
def test_splits_are_named_as_in_tfds(text, expected):
    found = _training(_WHOLE, text=text)
    assert found == [("a", *part) for part in expected]


@pytest.mark.parametrize(
    "text",
    ["", "trian", "train[", "train+", "train[:11]", "train[5:5]", "train[7:3]"]
    + ["all[:2]", "train[:101%]", "train[2]", "train,test", "train[::2]"],
)
def test_what_tfds_has_not_is_one_line(text):
    told = r"in the split .*'a'. Received: train \(10\), .*--train_split"
    with pytest.raises(errors.UserError, match=told) as raised:
        _training(_WHOLE, text=text)
    assert "\n" not in str(raised.value)


def test_datasets_are_read_one_after_the_other():
    other = _prepared("b", train=3)
    expected = [("a", "train", 0, 10), ("b", "train", 0, 3)]
    assert _training(_WHOLE, other) == expected
    with pytest.raises(errors.UserError, match="'validation' of 'b'"):
        _training(_WHOLE, other, text="validation")


@pytest.mark.parametrize(
    "text", ["train+train", "train[:5]+train[4:]", "all+test"]
)
def test_no_record_is_trained_on_twice(text):
    with pytest.raises(errors.UserError, match="each example once"):
        _training(_WHOLE, text=text)


def test_a_dataset_named_twice_is_an_error():
    with pytest.raises(errors.UserError, match="10 examples.*'train' of 'a'"):
        _training(_WHOLE, _WHOLE)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("test", 0, 4)]),
        ({"train": "train+validation"}, [("test", 0, 4)]),
        ({"train": "train+test[:1]"}, [("validation", 0, 6)]),
        ({"train": "all"}, []),
        ({"test": "validation"}, [("validation", 0, 6)]),
        ({"test": "validation+test"}, [("validation", 0, 6), ("test", 0, 4)]),
        (
            {"train": "train[:8]", "test": "train[8:]"},
            [("train", 8, 10)],
        ),
        ({"has_labels": lambda p: p.split != "test"}, [("validation", 0, 6)]),
        ({"has_labels": lambda _: False}, []),
    ],
)
def test_the_test_is_the_first_that_serves(given, expected):
    assert _testing(**given) == expected


def test_an_empty_split_does_not_test():
    whose = _prepared(train=5, test=0, validation=2)
    assert _testing(whose) == [("validation", 0, 2)]


def test_a_test_on_training_examples_is_an_error():
    with pytest.raises(errors.UserError, match="2 examples of.*'train'"):
        _testing(train="train[:5]", test="train[3:]")


def test_a_test_split_is_looked_for_in_the_first_dataset():
    with pytest.raises(errors.UserError, match="'nope' of 'a'.*--test_split"):
        _testing(test="nope")


def test_ids_count_on():
    parts = [tfds_splits.Part(_WHOLE, "train", 2, 5)] * 3
    numbered = tfds_splits.numbered(parts)
    assert [part.first_id for part in numbered] == [0, 3, 6]


@given(
    sizes=st.lists(st.integers(1, 50), min_size=1, max_size=4),
    limit=st.none() | st.integers(1, 120),
)
def test_a_cap_cuts_each_part_by_the_same_share(sizes, limit):
    parts = [tfds_splits.Part(_WHOLE, "train", 3, 3 + n) for n in sizes]
    chosen = tfds_splits.capped(parts, limit)
    total = min(sum(sizes), limit or sum(sizes))
    assert sum(len(part) for part in chosen) == total
    assert all(len(part) > 0 and part.start == 3 for part in chosen)
    if len(chosen) == len(sizes):
        for part, size in zip(chosen, sizes, strict=True):
            assert abs(len(part) - size * total / sum(sizes)) < 1


def test_a_part_asks_tfds_for_its_records():
    part = tfds_splits.Part(_WHOLE, "train", 2, 5)
    asked = part.first(2).instruction
    assert asked == tfds.core.ReadInstruction("train", 2, 4, "abs")
    assert str(part) == "the split 'train' of 'a'"
