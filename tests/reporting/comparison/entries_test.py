"""Several runs side by side: fronts, groups and names."""

import pathlib

import pytest

from ednas_tf.reporting.comparison import entries
from tests.reporting import made_runs


def _run(name, latency, int8, **fields):
    network = made_runs.network(costs={"latency_us": latency})
    return made_runs.record(
        name, int8=int8, **{"architecture": network, "search": None, **fields}
    )


def _names(found):
    return [entry.label for entry in found]


def test_front_is_that_of_accuracy_against_cost():
    known = [_run("a", 9, 0.9), _run("b", 5, 0.8), _run("c", 7, 0.7)]
    found = entries.compare(known)
    assert _names(found.front) == ["b", "a"]
    assert found.best.label == "a"


def test_run_over_its_budget_is_not_on_the_front():
    over = {"budgets": {"latency_us": {"budget": 1, "met": False}}}
    known = [_run("a", 9, 0.9, search=over), _run("b", 5, 0.8)]
    assert _names(entries.compare(known).front) == ["b"]


def test_reference_of_a_sweep_stands_beside_it():
    folder = pathlib.Path("/sweep/points/reference")
    sweep = {"cost": "latency_us", "rows": []}
    reference = _run("reference", 3, 0.99, folder=folder, sweep=sweep)
    point = _run("a", 9, 0.9, config=made_runs.config(epochs=3))
    found = entries.compare([reference, point])
    assert _names(found.front) == ["a"]
    assert found.flags == ()


def test_runs_of_other_data_have_no_front():
    other = made_runs.config(dataset="cifar10")
    found = entries.compare(
        [_run("a", 9, 0.9), _run("b", 5, 0.8, config=other)]
    )
    assert not found.comparable
    assert found.front == []


def test_group_of_seeds_has_mean_deviation_and_choices():
    known = [
        made_runs.record(f"s{n}", n, int8)
        for n, int8 in enumerate((0.8, 0.9, 1.0))
    ]
    (group,) = entries.compare(known).groups
    assert group.name == "A"
    assert group.spreads["int8"].mean == pytest.approx(0.9)
    assert group.spreads["int8"].deviation == pytest.approx(0.1)
    assert group.operations["block1"]["dw3"] == 3


def test_equal_names_are_told_apart_by_their_folders():
    known = [
        made_runs.record("x", folder=pathlib.Path(f"/{place}/x"))
        for place in ("left", "right")
    ]
    assert _names(entries.compare(known).entries) == ["left/x", "right/x"]
