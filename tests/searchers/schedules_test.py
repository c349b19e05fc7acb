"""What changes from step to step, and from epoch to epoch."""

import pytest

from ednas_tf.searchers import schedules


def test_temperature_falls_exponentially():
    # 8 -> 4 -> 2 -> 1: half of it each time.
    received = [schedules.temperature(s, 4, 8.0, 1.0) for s in range(4)]
    assert received == pytest.approx([8.0, 4.0, 2.0, 1.0])


def test_temperature_stays_within_its_ends():
    assert schedules.temperature(9, 4, 5.0, 0.1) == pytest.approx(0.1)
    assert schedules.temperature(0, 1, 5.0, 0.1) == pytest.approx(0.1)
    assert schedules.temperature(-1, 1, 5.0, 0.1) == 5.0
    assert schedules.temperature(-1, 9, 5.0, 0.1) == 5.0


def test_ramp_rises_linearly_and_stays():
    received = [schedules.ramp(e, 2, 6, low=0.2) for e in (0, 2, 4, 6, 9)]
    assert received == pytest.approx([0.2, 0.2, 0.6, 1.0, 1.0])


def test_ramp_without_length_is_one():
    assert schedules.ramp(0, 3, 3) == 1.0
