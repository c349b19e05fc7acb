"""Fronts and their area, by hand and by brute force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ednas_tf.reporting import fronts

_POINTS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 10)), max_size=12
)


def _dominates(one, other):
    no_worse = one[0] <= other[0] and one[1] >= other[1]
    return no_worse and one != other


@given(_POINTS)
def test_front_is_what_no_point_dominates(points):
    expected = {
        place
        for place, point in enumerate(points)
        if not any(_dominates(other, point) for other in points)
    }
    assert set(fronts.front(points)) == expected


@given(_POINTS)
def test_front_is_sorted_by_cost(points):
    costs = [points[place][0] for place in fronts.front(points)]
    assert costs == sorted(costs)


@given(_POINTS, st.integers(0, 15))
def test_hypervolume_counts_the_unit_squares_that_are_dominated(points, limit):
    squares = [
        (x, y)
        for x in range(limit)
        for y in range(10)
        if any(cost <= x and high >= y + 1 for cost, high in points)
    ]
    assert fronts.hypervolume(points, limit) == len(squares)


@pytest.mark.parametrize(
    ("points", "limit", "area"),
    [
        ([], 10, 0),
        ([(4, 0.5)], 10, 3),
        ([(4, 0.5), (8, 1.0)], 10, 2 + 2),
        ([(4, 0.5), (6, 0.25)], 10, 3),
        ([(4, 0.5), (4, 0.5)], 10, 3),
        ([(10, 1.0), (12, 2.0)], 10, 0),
    ],
)
def test_hypervolume_by_hand(points, limit, area):
    assert fronts.hypervolume(points, limit) == pytest.approx(area)


@given(_POINTS, st.tuples(st.integers(0, 12), st.integers(0, 10)))
def test_another_point_never_shrinks_the_area(points, added):
    before = fronts.hypervolume(points, 13)
    assert fronts.hypervolume([*points, added], 13) >= before
