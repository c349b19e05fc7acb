"""Numbers are shown with units, thousands and the digits that they have."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf.reporting.page import formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (3757.968, "3,758"),
        (12.5, "12.5"),
        (0.0671656, "0.06717"),
        (4.172e-07, "4.2 × 10⁻⁷"),
        (-5.25, "−5.25"),
        (1234567, "1,234,567"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
        (None, "–"),
        ("text", "–"),
    ],
)
def test_number(value, shown):
    assert formats.number(value).replace(formats.SPACE, " ") == shown


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (461.2, "latency_us", "461.2 µs"),
        (9999.0, "latency_us", "9,999 µs"),
        (106317.9, "latency_us", "106.3 ms"),
        (12255, "memory_bytes", "11.97 KiB"),
        (512, "bytes", "512 B"),
        (20 * 1024**2, "bytes", "20 MiB"),
        (2857184, "macs", "2.857 M"),
        (None, "macs", "–"),
    ],
)
def test_quantity(value, name, shown):
    assert formats.quantity(value, name) == shown.replace(" ", formats.SPACE)


def test_budget_gets_the_unit_of_the_figure():
    shown = formats.quantity(900, "memory_bytes", like=2048)
    assert shown == f"0.8789{formats.SPACE}KiB"


def test_column_has_one_unit_and_one_number_of_places():
    column = [formats.alike(v, "latency_us", 608.0) for v in (608, 7.5, 0)]
    shown = [cell.replace(formats.SPACE, " ") for cell in column]
    assert shown == ["608 µs", "8 µs", "0 µs"]
    tiny = formats.alike(0.001, "latency_us", 1.5)
    assert tiny.replace(formats.SPACE, " ") == "< 0.01 µs"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(29.6, "29.6 s"), (68.2, "1 min 8 s"), (7322, "2 h 2 min")],
)
def test_duration(seconds, shown):
    assert formats.duration(seconds).replace(formats.SPACE, " ") == shown


def test_day_and_plural():
    moment = datetime.datetime(2026, 3, 5, 7, 9)
    assert formats.day(moment) == "5 March 2026, 07:09"
    assert formats.plural(1, "layer") == "1 layer"
    assert formats.plural(1200, "layer") == "1,200 layers"


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers())
def test_any_number_can_be_shown(value):
    assert formats.number(value) and formats.quantity(value, "bytes")
    assert formats.percent(value) and formats.duration(value)


@settings(deadline=None, derandomize=True)
@given(st.floats(1e-3, 1e14))
def test_number_is_right_to_four_digits(value):
    shown = float(formats.number(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=6e-4)
