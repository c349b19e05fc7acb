"""Tests of `tools/comparison/draws.py`."""

import collections

import hypothesis
import pytest
from hypothesis import strategies as st

from ednas_tf import errors
from tools.comparison import draws

_THREE = [[1.0, 2.0, 4.0]] * 3


@hypothesis.given(st.integers(0, 1000), st.integers(1, 6))
@hypothesis.settings(max_examples=20, deadline=None)
def test_draws_differ_and_are_within_bounds(seed, count):
    # Sums of 6 or 7: 1 1 4, 2 1 4 and 2 2 2 in any order, ten in all.
    found = draws.within(_THREE, (6.0, 7.0), count, seed)
    sums = [sum(_THREE[0][place] for place in places) for places in found]
    assert len({tuple(places) for places in found}) == count
    assert all(6.0 <= one <= 7.0 for one in sums)


def test_same_seed_draws_the_same():
    first, second, other = (
        draws.within(_THREE, (3.0, 12.0), 8, seed) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_each_choice_within_bounds_is_as_likely():
    counts = collections.Counter(
        tuple(draws.within([[1, 2], [1, 2]], (2, 3), 1, seed)[0])
        for seed in range(600)
    )
    assert set(counts) == {(0, 0), (0, 1), (1, 0)}
    assert all(150 < count < 250 for count in counts.values())


def test_too_many_are_refused():
    with pytest.raises(
        errors.UserError, match=r"Expected 2 networks.*Found: 1"
    ):
        draws.within([[1, 2]], (2, 2), 2, 0)
