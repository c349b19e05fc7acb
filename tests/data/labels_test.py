"""Tests of labels as arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ednas_tf.data import labels

_NOTHING = [-1, 0, 0, 0, 0, 0]
_CAT = [0, 0.1, 0.2, 0.3, 0.4, 0]
_SOFA = [2, 0, 0, 1, 1, 1]


def _objects(*rows):
    return np.float32(rows)


def test_one_hot_has_a_one_at_the_class():
    made = labels.one_hot(np.array([2, 0]), 3)
    assert made.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert made.dtype == np.float32


def test_joined_objects_have_as_many_rows_as_the_longest_needs():
    filled = [[-1] * 6]
    one = _objects([_CAT], filled)
    two = _objects([_CAT, _SOFA])
    joined = labels.join([one, two])
    expected = [[_CAT, _NOTHING], [_NOTHING] * 2, [_CAT, _SOFA]]
    np.testing.assert_array_equal(joined, np.float32(expected))


def test_joined_classes_are_int32():
    joined = labels.join([np.array([1, 2]), np.array([0])])
    assert (joined.tolist(), joined.dtype) == ([1, 2, 0], np.int32)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (np.array([0, 1]), True),
        (np.array([0, -1]), False),
        (np.float32([[0, 0], [0, 1]]), True),
        (np.float32([[0, 0]]), False),
        (_objects([_NOTHING], [_CAT]), True),
        (_objects([_NOTHING]), False),
        (np.zeros((3, 0, 6), np.float32), False),
    ],
)
def test_labels_are_known_if_they_tell_something(given, known):
    assert labels.are_known(given) == known


def test_the_rarest_class_stands_for_an_example():
    held = np.float32([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    # There are four of the first, two of the second, one of the third.
    assert labels.strata(held).tolist() == [1, 2, 1, 0, 3]


def test_objects_are_counted_once_per_example():
    rows = _objects([_CAT] * 3, [_SOFA, _CAT, _NOTHING], [_NOTHING] * 3)
    assert labels.strata(rows).tolist() == [0, 2, 3]


@given(arrays.arrays(np.int32, st.integers(1, 30), elements=st.integers(0, 4)))
def test_sets_of_one_class_are_cut_like_the_classes(classes):
    held = labels.one_hot(classes, 5)
    np.testing.assert_array_equal(labels.strata(held), labels.strata(classes))
