"""Tests of numbers in fixed point."""

import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.exporting.simulation import power_of_two

_MAGNITUDES = st.floats(2.0**-30, 2.0**30)
_FORMATS = st.builds(
    power_of_two.Format, st.integers(0, 20), st.booleans(), st.integers(4, 12)
)


@pytest.mark.parametrize(
    ("low", "high", "bits", "expected"),
    [
        (0.0, 255.0, 8, (0, False)),
        (0.0, 256.0, 8, (1, False)),
        (0.0, 1.0, 8, (-7, False)),
        (-1.0, 127.0, 8, (0, True)),
        (-128.0, 0.0, 8, (1, True)),
        (-6.0, 5.0, 8, (-4, True)),
        (0.0, 6.0, 8, (-5, False)),
        (0.0, 6.0, 4, (-1, False)),
    ],
)
def test_the_scale_is_the_finest_that_holds_the_range(
    low, high, bits, expected
):
    received = power_of_two.holding(low, high, bits)
    assert (received.exponent, received.signed) == expected


@settings(deadline=None)
@given(magnitude=_MAGNITUDES, bits=st.integers(4, 16), signed=st.booleans())
def test_half_the_scale_would_saturate(magnitude, bits, signed):
    low = -magnitude if signed else 0.0
    received = power_of_two.holding(low, magnitude, bits)
    largest = 2 ** (bits - signed) - 1
    assert magnitude / received.scale < largest + 0.5
    assert 2 * magnitude / received.scale >= largest + 0.5


def test_a_scale_is_a_power_of_two():
    received = power_of_two.holding(0.0, 3.3, 8)
    assert math.frexp(received.scale)[0] == 0.5


def test_nothing_but_zeros_has_a_scale():
    assert power_of_two.holding(0.0, 0.0, 8).scale == 1.0


def test_a_range_that_is_not_finite_is_told():
    with pytest.raises(errors.UserError, match="finite"):
        power_of_two.holding(0.0, math.inf, 8)


@settings(deadline=None)
@given(
    sums=st.lists(st.integers(-(2**30), 2**30), min_size=1, max_size=5),
    target=_FORMATS,
)
def test_rounding_is_a_shift_that_saturates(sums, target):
    values = tf.constant(sums, tf.float64)
    received = power_of_two.rounded(values, 0, target).numpy()
    half = (1 << target.exponent) >> 1
    shifted = [(total + half) >> target.exponent for total in sums]
    bottom = -(2 ** (target.bits - 1)) if target.signed else 0
    top = 2 ** (target.bits - (1 if target.signed else 0)) - 1
    assert received.tolist() == np.clip(shifted, bottom, top).tolist()


@settings(deadline=None)
@given(values=st.lists(st.floats(-0.99, 0.99), min_size=1))
def test_what_is_held_is_off_by_half_a_step_at_most(values):
    target = power_of_two.Format(-7, True, 8)
    held = power_of_two.rounded(tf.constant(values, tf.float64), 0, target)
    assert np.max(np.abs(held.numpy() / 128 - values)) <= 1 / 256 + 1e-15


def test_a_relu_cuts_where_its_largest_value_is_an_integer():
    target = power_of_two.Format(-5, False, 8)
    values = tf.constant([-1.0, 1.0, 6.0, 7.0])
    received = power_of_two.rounded(values, 0, target, largest=6.0)
    assert received.numpy().tolist() == [0, 32, 192, 192]


def test_a_relu_leaves_no_negative_integers():
    target = power_of_two.Format(0, True, 8)
    values = tf.constant([-3.0, 200.0])
    received = power_of_two.rounded(values, 0, target, largest=math.inf)
    assert received.numpy().tolist() == [0, 127]
