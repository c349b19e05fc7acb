"""Tests of `tools/comparison/draws.py`."""

import collections

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf import errors
from tools.comparison import draws

_SLOT = (1.0, 2.0, 4.0)
_THREE = [(0.0, [_SLOT] * 3)]


@hypothesis.given(st.integers(0, 1000), st.integers(1, 6))
@hypothesis.settings(max_examples=20, deadline=None)
def test_draws_differ_and_are_within_bounds(seed, count):
    # Sums of 6 or 7: 1 1 4, 2 1 4 and 2 2 2 in any order, ten in all.
    found = draws.within(_THREE, (6.0, 7.0), count, seed)
    sums = [sum(_SLOT[place] for place in places) for _, *places in found]
    assert len({tuple(places) for places in found}) == count
    assert all(6.0 <= one <= 7.0 for one in sums)


def test_same_seed_draws_the_same():
    first, second, other = (
        draws.within(_THREE, (3.0, 12.0), 8, seed) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_each_choice_within_bounds_is_as_likely():
    counts = collections.Counter(
        tuple(draws.within([(0, [[1, 2], [1, 2]])], (2, 3), 1, seed)[0][1:])
        for seed in range(600)
    )
    assert set(counts) == {(0, 0), (0, 1), (1, 0)}
    assert all(150 < count < 250 for count in counts.values())


def test_too_many_are_refused():
    with pytest.raises(
        errors.UserError, match=r"Expected 2 networks.*Found: 1"
    ):
        draws.within([(0, [[1, 2]])], (2, 2), 2, 0)


def test_a_width_is_as_likely_as_what_it_leaves_within_bounds():
    # Narrow: two choices fit; wide: one.
    tables = [(1, [[1, 2]]), (2, [[1, 5]])]
    counts = collections.Counter(
        draws.within(tables, (2, 3), 1, seed)[0] for seed in range(600)
    )
    assert set(counts) == {(0, 0), (0, 1), (1, 0)}
    assert all(150 < count < 250 for count in counts.values())


def test_one_width_draws_what_there_was_before_widths():
    """Results that were computed stay those of their draws."""
    rng = np.random.default_rng(3)
    expected = [int(rng.integers(3, size=10_000)[0]) for _ in range(3)]
    (first,) = draws.within(_THREE, (0, 12), 1, 3)
    assert first == (0, *expected)
