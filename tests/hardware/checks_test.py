"""Tests of the checks of values from files."""

import math

import pytest

from ednas_tf import errors
from ednas_tf.hardware import checks


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", True, None])
def test_positive_refuses_what_is_no_positive_number(value):
    with pytest.raises(errors.UserError, match="positive number as latency"):
        checks.positive(value, "latency")


@pytest.mark.parametrize("value", [0, 1.0, True, 2**40, "3", None])
def test_whole_refuses_what_is_no_count(value):
    with pytest.raises(errors.UserError, match="whole number"):
        checks.whole(value, "runs")


def test_whole_takes_the_lowest_value():
    assert checks.whole(1, "runs") == 1


@pytest.mark.parametrize("check", [checks.positive, checks.whole, checks.text])
def test_optional_values_may_be_none(check):
    assert check(None, "value", optional=True) is None


@pytest.mark.parametrize("value", ["", "  ", 3, ["a"], None])
def test_text_refuses_what_says_nothing(value):
    with pytest.raises(errors.UserError, match="Expected a text"):
        checks.text(value, "name")


def test_unknown_keys_are_told_with_the_nearest():
    with pytest.raises(errors.UserError, match="mean 'latency_us'"):
        checks.mapping({"latency_ms": 1}, "an entry", (), ("latency_us",))


def test_missing_keys_are_named():
    with pytest.raises(errors.UserError, match="'op' in an entry"):
        checks.mapping({}, "an entry", ("op",))


def test_long_values_are_shortened_to_one_line():
    with pytest.raises(errors.UserError) as caught:
        checks.positive("noise\n" * 1000, "latency")
    assert len(str(caught.value)) < 150
    assert "\n" not in str(caught.value)
