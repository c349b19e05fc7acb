"""Charts: every point in its place, no names on top of each other."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf.reporting.page import axes, charts

_FINITE = st.floats(-1e9, 1e9)


def test_line_has_its_points_where_the_axes_say():
    one = charts.Series("a", ((1, 0.0), (2, 5.0), (3, 10.0)))
    drawing = charts.lines([one], "label", "loss")
    (points,) = re.findall('points="([^"]+)"', drawing)
    places = [tuple(map(float, p.split(","))) for p in points.split()]
    (x1, y1), (x2, y2), (x3, y3) = places
    assert x2 == pytest.approx((x1 + x3) / 2, abs=0.02)
    assert y2 == pytest.approx((y1 + y3) / 2, abs=0.02)
    assert y1 == charts.HEIGHT - 34 and y3 == 14


def test_points_that_are_no_numbers_are_left_out():
    one = charts.Series("a", ((1, 1.0), (2, float("nan")), (3, None)))
    assert one.drawn == [(1, 1.0)]
    assert charts.lines([charts.Series("b", ((1, None),))], "l", "y") is None


def test_losses_over_decades_get_a_logarithmic_axis():
    one = charts.Series("a", ((1, 100.0), (2, 1.0)))
    assert ">10<" in charts.lines([one], "l", "y", steep=True)


def test_budget_and_warmup_are_marked():
    one = charts.Series("a", ((1, 4.0), (5, 3.0)))
    text = charts.lines([one], "l", "y", warmup=2, limit=("budget", 2.0))
    assert 'class="limit"' in text and ">budget<" in text
    assert ">warm-up<" in text


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=10))
def test_names_stay_apart_and_inside(wanted):
    places = charts.apart(sorted(wanted), (0, 200))
    for one, other in itertools.pairwise(places):
        assert other - one >= 14 - 1e-6
    assert min(places) >= -1e-6 and max(places) <= 200 + 1e-6


@settings(deadline=None, derandomize=True)
@given(st.lists(_FINITE, min_size=1, max_size=8))
def test_linear_axis_holds_all_values(values):
    scale = axes.linear(values, (0, 100))
    room = (scale.high - scale.low) * 1e-9
    assert scale.low - room <= min(values)
    assert max(values) <= scale.high + room
    assert 2 <= len(scale.ticks) <= 8
    assert scale(scale.low) == 0 and scale(scale.high) == pytest.approx(100)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8))
def test_logarithmic_axis_holds_all_values(values):
    scale = axes.logarithmic(values, (100, 0))
    assert scale.low <= min(values) * 1.0000001
    assert max(values) <= scale.high * 1.0000001
    assert list(scale.ticks) == sorted(set(scale.ticks))


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 500), st.integers(0, 500))
def test_epochs_have_whole_ticks_that_do_not_crowd(low, more):
    scale = axes.whole(low, low + more, (0, 300))
    assert all(tick == int(tick) for tick in scale.ticks)
    assert len(scale.ticks) <= 9
    assert scale.ticks[0] == low and scale.ticks[-1] == max(low + more, low + 1)


def test_tick_labels_are_short():
    assert axes.told(12500) == "12.5 k" and axes.told(0.1 + 0.2) == "0.3"
