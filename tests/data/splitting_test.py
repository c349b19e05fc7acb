"""Tests of how examples are cut into parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ednas_tf import data, errors
from ednas_tf.data import examples, splitting

_LABELS = st.lists(st.integers(0, 4), min_size=10, max_size=80).map(
    lambda labels: np.array(labels, np.int32)
)


def _cut(labels, **kwargs):
    """Cuts all but one of the examples, the last being for test."""
    images = np.zeros((len(labels), 1, 1, 1), np.uint8)
    whole = data.Examples(images, labels, np.arange(len(labels)))
    source = examples.Source(
        classes=tuple("abcde"),
        train=whole.take(slice(-1)),
        test=whole.take(slice(-1, None)),
    )
    return splitting.cut(source, data.DataSpec("x", **kwargs))


def _parts(splits):
    return [splits.weights, splits.alphas, splits.validation, splits.test]


@given(labels=_LABELS, seed=st.integers(0, 2**32), prefix=st.integers(0, 80))
def test_every_prefix_of_the_order_is_stratified(labels, seed, prefix):
    order = splitting.stratified_order(labels, seed)
    assert sorted(order) == list(range(len(labels)))
    chosen = np.bincount(labels[order[:prefix]], minlength=5)
    share = min(prefix / len(labels), 1)
    # The last place of the prefix lies up to a class's step off the share.
    slack = 1 + 5 * np.bincount(labels, minlength=5) / len(labels)
    assert np.all(
        np.abs(chosen - share * np.bincount(labels, minlength=5)) <= slack
    )


@given(seed=st.integers(0, 2**32))
def test_balanced_classes_stay_balanced(seed):
    labels = np.repeat(np.arange(4, dtype=np.int32), 25)
    order = splitting.stratified_order(labels, seed)
    counts = np.bincount(labels[order[:40]], minlength=4)
    assert max(abs(counts - 10)) <= 2


@given(
    labels=_LABELS,
    seed=st.integers(0, 2**32),
    alpha_split=st.sampled_from([0, 0.3, 0.5]),
    validation_split=st.sampled_from([0, 0.1, 0.4]),
)
def test_parts_are_disjoint_and_cover_all(
    labels, seed, alpha_split, validation_split
):
    splits = _cut(
        labels,
        seed=seed,
        alpha_split=alpha_split,
        validation_split=validation_split,
    )
    ids = np.concatenate([part.ids for part in _parts(splits)])
    assert sorted(ids) == list(range(len(labels)))
    for part in _parts(splits):
        np.testing.assert_array_equal(part.labels, labels[part.ids])


@given(seed=st.integers(0, 2**32))
def test_each_part_gets_its_share_of_a_rare_class(seed):
    held = np.ones((100, 2), np.float32)
    held[20:, 1] = 0
    order = splitting.stratified_order(held, seed)
    rare = [held[order[:half], 1].sum() for half in (50, 100)]
    assert abs(rare[0] - 10) <= 1
    assert (rare[1], sorted(order)) == (20, list(range(100)))


def test_objects_are_cut_and_kept_with_their_images():
    objects = np.full((41, 2, 6), -1, np.float32)
    objects[:, 0, 0] = np.arange(41)
    splits = _cut(objects)
    for part in _parts(splits):
        np.testing.assert_array_equal(part.labels[:, 0, 0], part.ids)


def test_parts_have_the_sizes_asked_for():
    labels = np.zeros(101, np.int32)
    sizes = [len(part) for part in _parts(_cut(labels, alpha_split=0.25))]
    assert sizes == [68, 22, 10, 1]  # 10 of 100, then a quarter of 90: 22.5.


def test_equal_seeds_cut_equally_and_others_differ():
    labels = np.arange(50, dtype=np.int32) % 5
    first, second, other = (_cut(labels, seed=seed) for seed in (1, 1, 2))
    for one, two in zip(_parts(first), _parts(second), strict=True):
        np.testing.assert_array_equal(one.ids, two.ids)
    assert set(first.weights.ids) != set(other.weights.ids)


def test_without_alpha_split_there_are_no_alphas():
    splits = _cut(np.zeros(21, np.int32), alpha_split=0)
    assert splits.alphas.images.shape == (0, 1, 1, 1)
    assert len(splits.weights) == 18


def test_too_few_examples_for_weights_is_an_error():
    with pytest.raises(errors.UserError, match="--max_examples"):
        _cut(np.zeros(2, np.int32), validation_split=0.9)


def test_holdout_takes_a_fifth_of_each_class():
    labels = np.repeat(np.arange(2, dtype=np.int32), [80, 20])
    train, test = splitting.holdout(labels, None, seed=0)
    assert abs(np.bincount(labels[test]) - [16, 4]).max() <= 1
    assert sorted([*train, *test]) == list(range(100))


def test_cap_leaves_a_smaller_test_part_whole():
    labels = np.arange(100, dtype=np.int32) % 2
    whole_train, whole_test = splitting.holdout(labels, None, seed=0)
    train, test = splitting.holdout(labels, 30, seed=0)
    assert len(train) == 30
    assert set(train) < set(whole_train)
    assert set(test) == set(whole_test)


def test_cap_below_the_test_part_bounds_both():
    parts = splitting.holdout(np.zeros(100, np.int32), 7, seed=0)
    assert [len(part) for part in parts] == [7, 7]
