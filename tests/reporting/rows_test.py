"""What a row says of a point, whatever its folder lacks."""

import pytest

from ednas_tf import runs
from ednas_tf.reporting import rows
from tests.reporting import sweeps


def test_a_row_has_costs_accuracies_and_what_was_asked_for(tmp_path):
    asked = {"memory_budget_kib": 2, "memory_percent": 50, "energy_weight": 0.1}
    sweeps.write_point(tmp_path, "a", asked, int8=0.5, float=0.75, macs=7)
    (row,) = rows.read(tmp_path)
    assert (row["point"], row["status"], row["seconds"]) == ("a", "done", 1.5)
    assert (row["memory_budget_bytes"], row["memory_percent"]) == (2048, 50)
    assert row["energy_weight"] == 0.1
    assert (row["int8_accuracy"], row["float_accuracy"]) == (0.5, 0.75)
    assert (row["macs"], row["energy_uj"]) == (7, 200)
    assert (row["within_budget"], row["int8_bytes"]) == (True, 1000)


def test_points_that_did_not_end_have_a_row_with_the_same_columns(tmp_path):
    sweeps.write_point(tmp_path, "a", int8=0.5)
    sweeps.write_point(tmp_path, "b", status="failed")
    first, second = rows.read(tmp_path)
    assert list(first) == list(second)
    assert second["status"] == "failed"
    assert second["int8_accuracy"] is None
    assert first["within_budget"] is None


def test_large_memory_budgets_come_first(tmp_path):
    for name, kib in (("a", 4), ("b", None), ("c", 16)):
        values = {"memory_budget_kib": kib}
        sweeps.write_point(tmp_path, name, values, int8=0.5)
    assert [row["point"] for row in rows.read(tmp_path)] == ["b", "c", "a"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"artifacts": 3}', "{}"])
def test_a_broken_file_spoils_its_own_row_only(tmp_path, text):
    sweeps.write_point(tmp_path, "a", int8=0.5)
    broken = sweeps.write_point(tmp_path, "b", int8=0.5)
    broken.write_text(runs.METRICS, text)
    first, second = rows.read(tmp_path)
    assert (first["status"], second["status"]) == ("done", "unreadable")
    assert second["error"]


@pytest.mark.parametrize("text", ["", "[]", '{"status": "done"}', '{"a": 1}'])
def test_a_broken_point_file_is_told_too(tmp_path, text):
    sweeps.write_point(tmp_path, "a").write_text(runs.POINT, text)
    (row,) = rows.read(tmp_path)
    assert row["status"] == "unreadable"


def test_a_missing_file_is_named(tmp_path):
    sweeps.write_point(tmp_path, "a", int8=0.5).remove(runs.SEARCH)
    (row,) = rows.read(tmp_path)
    assert runs.SEARCH in row["error"]


def test_a_folder_without_points_has_no_rows(tmp_path):
    assert rows.read(tmp_path) == []


def test_detectors_are_compared_by_their_own_figure(tmp_path):
    run = sweeps.write_point(tmp_path, "a", int8=0.5)
    figures = {"mean_average_precision": 0.25, "bytes": 1000}
    run.write_json(runs.METRICS, {"artifacts": {"model_int8.tflite": figures}})
    (row,) = rows.read(tmp_path)
    assert row["int8_accuracy"] == 0.25


@pytest.mark.parametrize("kib", ["x", [1]])
def test_a_text_for_a_number_spoils_its_own_row_only(tmp_path, kib):
    sweeps.write_point(tmp_path, "a", {"memory_budget_kib": 2}, int8=0.5)
    sweeps.write_point(tmp_path, "b", {"memory_budget_kib": kib}, int8=0.5)
    rows_by_name = {row["point"]: row for row in rows.read(tmp_path)}
    assert rows_by_name["a"]["status"] == "done"
    assert rows_by_name["b"]["status"] == "unreadable"
    assert rows_by_name["b"]["memory_budget_bytes"] is None
