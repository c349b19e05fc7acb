"""Figures as text."""

import pytest

from tools.comparison import statistics, wording


@pytest.mark.parametrize(
    ("points", "told"), [(1.234, "+1.23"), (-0.5, "−0.50"), (None, "–")]
)
def test_points_have_a_sign(points, told):
    assert wording.signed(points) == told


@pytest.mark.parametrize(
    ("p", "told"), [(0.0123, "p = 0.012"), (1e-9, "p < 0.001")]
)
def test_a_small_p_is_a_bound(p, told):
    assert wording.equation(p) == told


def test_a_mean_of_fewer_seeds_says_so():
    found = statistics.Spread(2, 71.234, 0.456)
    assert wording.spread(found, 2) == "71.23 ± 0.46"
    assert wording.spread(found, 3) == "71.23 ± 0.46 (2 seeds)"


def test_percent_are_whole():
    assert wording.percent(0.9649) == "96\xa0%"
    assert wording.percent(None) == "–"


def test_a_share_of_none_is_a_dash():
    assert wording.share(statistics.Share(0, 0)) == "–"
    assert wording.share(statistics.Share(3, 9)) == "3 of 9"
