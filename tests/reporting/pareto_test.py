"""What a sweep found, on made-up points."""

import csv
import json

import pytest

from ednas_tf import runs
from ednas_tf.reporting import pareto
from tests.reporting import sweeps


def _write(root):
    """Three points of 2 KiB, two of 1 KiB, the reference, a failed one."""
    sweeps.write_point(root, "reference", int8=0.9, energy_uj=100.0)
    for name, kib, accuracy, energy in (
        ("a", 2, 0.8, 80.0),
        ("b", 2, 0.6, 40.0),
        ("c", 2, 0.5, 60.0),
        ("d", 1, 0.7, 50.0),
        ("e", 1, 0.4, 25.0),
    ):
        values = {"memory_budget_kib": kib}
        sweeps.write_point(root, name, values, int8=accuracy, energy_uj=energy)
    values = {"memory_budget_kib": 1}
    sweeps.write_point(root, "f", values, status="failed")


def test_fronts_of_each_budget_and_of_all(tmp_path):
    _write(tmp_path)
    found = pareto.collect(tmp_path)
    assert found["front"] == ["e", "b", "d", "a"]
    large, small = found["memory_budgets"]
    assert (large["memory_budget_bytes"], large["front"]) == (2048, ["b", "a"])
    assert (small["memory_budget_bytes"], small["front"]) == (1024, ["e", "d"])
    on_front = {r["point"] for r in found["rows"] if r["on_front"]}
    assert on_front == {"a", "b", "d", "e"}


def test_hypervolume_ends_at_the_reference_network(tmp_path):
    _write(tmp_path)
    found = pareto.collect(tmp_path)
    assert found["reference_point"]["energy_uj"] == 100
    large, small = found["memory_budgets"]
    assert large["hypervolume"] == pytest.approx(40 * 0.6 + 20 * 0.8)
    assert small["hypervolume"] == pytest.approx(25 * 0.4 + 50 * 0.7)
    whole = 15 * 0.4 + 10 * 0.6 + 30 * 0.7 + 20 * 0.8
    assert found["hypervolume"] == pytest.approx(whole)
    assert found["hypervolume_share"] == pytest.approx(whole / 100)


def test_hypervolume_ends_at_the_largest_cost_without_a_reference(tmp_path):
    for name, energy in (("a", 80.0), ("b", 40.0)):
        sweeps.write_point(tmp_path, name, int8=0.5, energy_uj=energy)
    found = pareto.collect(tmp_path)
    assert found["reference"] is None
    assert found["reference_point"]["source"] == "the largest cost found"
    assert found["hypervolume"] == pytest.approx(40 * 0.5)


def test_spread_at_equal_memory(tmp_path):
    _write(tmp_path)
    large, small = pareto.collect(tmp_path)["memory_budgets"]
    assert large["spread"]["energy_uj"] == pytest.approx(2.0)
    assert large["spread"]["accuracy"] == pytest.approx(0.3)
    assert small["spread"]["energy_uj"] == pytest.approx(2.0)
    assert small["spread"]["macs"] == pytest.approx(1.0)


def test_accuracy_is_of_int8_only_where_all_points_have_it(tmp_path):
    sweeps.write_point(tmp_path, "a", int8=0.5, float=0.6)
    assert pareto.collect(tmp_path)["artifact"] == "model_int8.tflite"
    sweeps.write_point(tmp_path, "b", float=0.7)
    found = pareto.collect(tmp_path)
    assert (found["accuracy"], found["artifact"]) == (
        "float_accuracy",
        "model.tflite",
    )


@pytest.mark.parametrize(
    ("missing", "expected"),
    [((), "energy_uj"), (("energy_uj",), "latency_us")],
)
def test_cost_is_the_first_that_all_points_have(tmp_path, missing, expected):
    sweeps.write_point(tmp_path, "a", int8=0.5)
    sweeps.write_point(tmp_path, "b", int8=0.5, **dict.fromkeys(missing))
    assert pareto.collect(tmp_path)["cost"] == expected


def test_points_above_their_budget_do_not_count(tmp_path):
    sweeps.write_point(tmp_path, "a", int8=0.5)
    over = sweeps.write_point(tmp_path, "b", int8=0.9)
    budget = {"memory_bytes": {"budget": 5, "met": False}}
    over.write_json(runs.SEARCH, {"budgets": budget})
    assert pareto.collect(tmp_path)["front"] == ["a"]


def test_files_hold_all_points(tmp_path):
    _write(tmp_path)
    content = pareto.write(tmp_path)
    read = json.loads((tmp_path / runs.PARETO).read_text())
    assert read == json.loads(json.dumps(content))
    assert read["schema"] == "ednas-pareto/1"
    with open(tmp_path / runs.PARETO_TABLE, encoding="utf-8") as file:
        table = {row["point"]: row for row in csv.DictReader(file)}
    assert set(table) == {*"abcdef", "reference"}
    assert table["f"]["status"] == "failed"
    assert float(table["a"]["int8_accuracy"]) == 0.8


def test_nothing_done_is_no_front(tmp_path):
    sweeps.write_point(tmp_path, "a", status="infeasible")
    found = pareto.collect(tmp_path)
    assert (found["front"], found["hypervolume"]) == ([], 0)
