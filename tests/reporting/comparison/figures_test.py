"""Figures of runs, and how far apart they are."""

import dataclasses
import pathlib

import pytest

from ednas_tf.reporting.comparison import figures
from tests.reporting import made_runs


def test_figures_are_those_of_the_files():
    found = figures.of(made_runs.record(int8=0.75))
    assert (found["int8"], found["float"]) == (0.75, 0.92)
    assert found["latency_us"] == 1500.0
    assert found["int8_bytes"] == 2048
    assert found["energy_uj"] is None


def test_number_that_is_none_counts_as_missing():
    broken = made_runs.record(int8=float("nan"))
    assert figures.of(broken)["int8"] is None


def test_spread_as_calculated_by_hand():
    # Deviations of -2, 0 and 2: 8 / 2 is 4, its root 2.
    found = figures.spread([3.0, None, 5.0, 7.0])
    assert found.mean == 5.0
    assert found.deviation == pytest.approx(2.0)
    assert (found.smallest, found.largest) == (3.0, 7.0)


def test_single_figure_has_no_deviation():
    assert figures.spread([3.0]).deviation is None
    assert figures.spread([None]) is None


@pytest.mark.parametrize(
    ("met", "expected"),
    [((), None), ((True, True), True), ((True, False), False)],
)
def test_budgets_are_met_together(met, expected):
    budgets = {str(n): {"budget": 1.0, "met": m} for n, m in enumerate(met)}
    found = made_runs.record(search={"budgets": budgets})
    assert figures.met(found) is expected


def test_latency_of_two_devices_is_not_compared():
    other = made_runs.network(target="host")
    known = [made_runs.record(), made_runs.record(architecture=other)]
    assert figures.axes(known) == ("int8", "macs")
    assert figures.axes(known[:1] * 2) == ("int8", "latency_us")


def test_sweep_is_drawn_by_its_own_cost():
    point = dataclasses.replace(
        made_runs.record(),
        folder=pathlib.Path("/sweep/points/one"),
        sweep={"cost": "macs"},
    )
    assert figures.axes([point, point]) == ("int8", "macs")
