"""Figures read as people write them."""

import pytest

from ednas_tf.callbacks import wording


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.2, "0 s"),
        (95, "95 s"),
        (119.4, "119 s"),
        (720, "12 min"),
        (7170, "2 h 00 min"),
        (12_000, "3 h 20 min"),
    ],
)
def test_durations(seconds, expected):
    assert wording.duration(seconds) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.12345, "0.1235"), (15_119.6, "15,120"), (999.96, "1000"), (0, "0")],
)
def test_numbers(value, expected):
    assert wording.number(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("expected_latency_us", "latency 1,500 of 2,000 us"),
        ("expected_peak_ram_bytes", "peak ram 1,500 bytes"),
        ("expected_macs", "macs 1,500"),
        ("loss", "loss 1,500"),
    ],
)
def test_costs_are_told_with_budget_and_unit(name, expected):
    assert wording.short(name, 1500.0, {"latency_us": 2000.0}) == expected


def test_figures_come_in_the_same_order_whatever_the_logs():
    logs = {"temperature": 1, "expected_macs": 2, "loss_path1": 3, "loss": 4}
    names = [name for name, _ in wording.shown(logs)]
    assert names == ["loss", "expected_macs", "temperature"]
