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


def _sum(counts):
    return float(sum(counts.values()))


def test_widest_grows_as_a_whole_and_uses_what_is_left():
    sizes = {"stem": 32, "body": 64}
    # 8 8, 8 16, 16 16, 16 24, 16 32: then 56 is one block too many.
    found = draws.widest(_sum, sizes, 50)
    assert found == {"stem": 16, "body": 32}


def test_widest_looks_behind_a_group_that_is_too_dear():
    def cost(counts):
        return 1000.0 * (counts["stem"] > 8) + counts["body"]

    found = draws.widest(cost, {"stem": 32, "body": 64}, 100)
    assert found == {"stem": 8, "body": 64}


def test_widest_is_no_wider_than_the_groups():
    assert draws.widest(_sum, {"a": 12, "b": 4}, 100) == {"a": 8, "b": 4}


def test_budget_below_the_narrowest_is_told():
    with pytest.raises(errors.BudgetError, match="takes 16.0 us of 15.0"):
        draws.widest(_sum, {"a": 32, "b": 32}, 15)
