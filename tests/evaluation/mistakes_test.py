"""What is taken for what, against scikit-learn and against a full sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from ednas_tf import evaluation, tasks
from ednas_tf.evaluation import mistakes


def answers(seed, count, num_classes=5):
    rng = np.random.default_rng(seed)
    odds = rng.dirichlet(np.ones(num_classes), count).astype(np.float32)
    return odds, rng.integers(0, num_classes, count).astype(np.int32)


def counted(odds, labels, *cuts):
    """Returns the `Confusion` of examples that come in several batches."""
    found = mistakes.Confusion()
    for part in zip(np.split(odds, cuts), np.split(labels, cuts), strict=True):
        found.add(*part)
    return found


@given(st.integers(0, 99), st.lists(st.integers(0, 60), max_size=3))
def test_counts_are_those_of_scikit_learn(seed, cuts):
    odds, labels = answers(seed, 60)
    found = counted(odds, labels, *sorted(cuts)).counts
    expected = metrics.confusion_matrix(
        labels, odds.argmax(axis=1), labels=range(5)
    )
    received = np.zeros((5, 5), int)
    for place, count in found.items():
        received[place] = count
    assert 0 not in found.values()
    np.testing.assert_array_equal(received, expected)


@given(st.integers(0, 99), st.lists(st.integers(0, 200), max_size=3))
def test_the_worst_are_those_of_a_sort_of_all(seed, cuts):
    odds, labels = answers(seed, 200)
    margins = odds.max(axis=1) - odds[np.arange(200), labels]
    expected = np.argsort(-margins, kind="stable")[: mistakes.KEPT]
    worst = counted(odds, labels, *sorted(cuts)).worst
    received = [each.index for each in worst]
    np.testing.assert_allclose(margins[received], margins[expected])
    assert len({*received}) == mistakes.KEPT


def test_a_mistake_tells_both_probabilities():
    odds = np.float32([[0.75, 0.25], [0.125, 0.875], [0.625, 0.375]])
    found = counted(odds, np.array([1, 1, 1]), 1)
    assert found.worst == (
        mistakes.Mistake(0, 1, 0, 0.75, 0.25),
        mistakes.Mistake(2, 1, 0, 0.625, 0.375),
    )
    assert found.counts == {(1, 0): 2, (1, 1): 1}


def test_of_equal_mistakes_the_first_comes_first():
    odds = np.tile(np.float32([[0.9, 0.1]]), (60, 1))
    worst = counted(odds, np.ones(60, int), 20, 40).worst
    assert [each.index for each in worst] == list(range(mistakes.KEPT))


def test_what_is_no_number_is_counted_and_not_shown():
    odds = np.float32([[np.nan, 0.5], [0.9, 0.1]])
    found = counted(odds, np.array([1, 1]))
    assert found.counts.total() == 2
    assert [each.index for each in found.worst] == [1]


@pytest.mark.parametrize("task", [tasks.MULTILABEL, tasks.DETECTION])
def test_several_classes_are_not_confused(task):
    assert evaluation.tally(task, 2).confusion is None
