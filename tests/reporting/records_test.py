"""Run folders are read whole, in part, or refused in one line."""

import json

import pytest

from ednas_tf import errors, runs
from ednas_tf.reporting import records
from tests.reporting import run_folders


def test_whole_run_is_read(tmp_path):
    run_folders.write_whole(tmp_path / "r")
    record = records.read(tmp_path / "r")
    assert (record.name, record.dataset, record.seed) == ("r", "digits", 3)
    assert record.target == "tda2" and record.task == "classification"
    assert record.classes == tuple("abcdefghij")
    assert record.costs_found["latency_us"] == 1234.0
    assert record.flags == run_folders.FLAGS


def test_headline_figures_come_by_artifact(tmp_path):
    run_folders.write_whole(tmp_path)
    record = records.read(tmp_path)
    assert record.headline == "accuracy"
    assert record.headlines == {
        run_folders.FLOAT: 0.915,
        run_folders.INT8: 0.905,
    }
    assert record.deployed == run_folders.INT8
    assert record.float_artifact == run_folders.FLOAT


def test_numbers_of_tables_are_numbers(tmp_path):
    run_folders.write_whole(tmp_path)
    record = records.read(tmp_path)
    assert record.history[1]["loss"] == 1.5
    assert record.alphas[0]["operation"] == "dw3"
    assert record.quantization[2]["snr_db"] == float("inf")


def test_search_alone_leaves_the_rest_empty(tmp_path):
    run_folders.write_searched(tmp_path)
    record = records.read(tmp_path)
    assert record.metrics is None and record.measured == {}
    assert record.deployed is None and record.confusion == []
    assert record.written is not None


def test_run_that_has_only_begun_is_a_run(tmp_path):
    runs.Run(tmp_path).write_json(runs.CONFIG, {"search": {"seed": 5}})
    assert records.read(tmp_path).seed == 5


@pytest.mark.parametrize("kind", ["missing", "file", "empty", "sweep"])
def test_what_is_no_run_folder_is_refused(tmp_path, kind):
    path = tmp_path / "there"
    if kind == "file":
        path.write_text("x")
    elif kind != "missing":
        path.mkdir()
    if kind == "sweep":
        (path / runs.CONFIG).write_text('{"sweep": {}}')
    with pytest.raises(errors.UserError, match="Expected a run folder") as told:
        records.read(path)
    assert str(path) in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (runs.METRICS, "{"),
        (runs.METRICS, "[]"),
        (runs.METRICS, '{"artifacts": [1]}'),
        (runs.METRICS, '{"artifacts": {"a": {"accuracy": "high"}}}'),
        (runs.SEARCH, '{"budgets": {"latency_us": 5}}'),
        (runs.SEARCH, '{"seconds": true}'),
        (runs.EXPORT, '{"deployment": {"offences": "none"}}'),
        (runs.CONFIG, '{"search": 1}'),
        (runs.MISTAKES, '{"mistakes": [{"label": "x"}]}'),
        (runs.ARCHITECTURE, '{"schema": "other"}'),
        (runs.ALPHAS, "epoch,slot\n1,a\n"),
        (runs.ALPHAS, "epoch,slot,operation,probability\nx,a,b,c\n"),
        (runs.HISTORY, "epoch,loss\n1\n"),
        (runs.CONFUSION, "a,b\n1,2\n"),
    ],
)
def test_broken_file_is_named_in_one_line(tmp_path, name, text):
    run_folders.write_whole(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(errors.UserError) as told:
        records.read(tmp_path)
    assert name in str(told.value) and "\n" not in str(told.value)


def test_size_of_a_large_space_is_read(tmp_path):
    run_folders.write_searched(tmp_path)
    run_folders.change(tmp_path, runs.SEARCH, space_size=10**40)
    assert records.read(tmp_path).search["space_size"] == pytest.approx(1e40)


def test_point_of_a_sweep_knows_the_others(tmp_path):
    run_folders.write_searched(tmp_path / runs.POINTS / "one")
    (tmp_path / runs.PARETO).write_text(json.dumps({"cost": "macs"}))
    record = records.read(tmp_path / runs.POINTS / "one")
    assert record.sweep == {"cost": "macs"}
