"""One point in a process of its own: its outcome, log and files."""

import shutil

import pytest

from ednas_tf import runs
from ednas_tf.stages import point_runs
from tests.stages import fake_points

_PRINT = "print('out'); print('error: first'); "


@pytest.mark.parametrize(
    ("code", "status", "exit_code", "error"),
    [
        ("print('fine')", "done", 0, ""),
        (_PRINT + "raise SystemExit(3)", "infeasible", 3, "first"),
        (_PRINT + "raise SystemExit(4)", "failed", 4, "first"),
        ("raise KeyError(5)", "failed", 1, "KeyError: 5"),
        ("raise SystemExit(130)", "unfinished", 130, "exit code 130, nothing"),
        ("import os; os.kill(os.getpid(), 9)", "failed", -9, "signal 9"),
    ],
)
def test_exit_codes_become_a_status(tmp_path, code, status, exit_code, error):
    point = fake_points.make(tmp_path, code=code)
    outcome = point_runs.run_point(point)
    assert (outcome.status, outcome.exit_code) == (status, exit_code)
    assert error in outcome.error
    assert point_runs.recorded(point) == outcome


def test_output_is_kept_and_errors_of_earlier_tries_are_not_told(tmp_path):
    point_runs.run_point(
        fake_points.make(tmp_path, code="print('error: old'); 1 / 0")
    )
    again = point_runs.run_point(fake_points.make(tmp_path, code="1 / 0"))
    assert "ZeroDivisionError" in again.error
    log = (tmp_path / "a" / runs.POINT_LOG).read_text()
    assert "error: old" in log
    assert (tmp_path / "a" / runs.POINT_FLAGS).read_text() == "--seed=3\n"


def test_seconds_add_up_over_tries(tmp_path):
    code = "import time; time.sleep(0.3)"
    first = point_runs.run_point(fake_points.make(tmp_path, code=code))
    second = point_runs.run_point(fake_points.make(tmp_path, code=code))
    assert first.seconds >= 0.3
    assert second.seconds >= first.seconds + 0.3


def test_a_folder_that_cannot_be_written_fails_the_point_alone(tmp_path):
    (tmp_path / "a").write_text("no folder")
    outcome = point_runs.run_point(fake_points.make(tmp_path))
    assert outcome.status == "failed"
    assert str(tmp_path / "a") in outcome.error


def test_a_full_disk_is_told_though_the_log_is_empty(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    point = fake_points.make(tmp_path, code="raise SystemExit(1)")
    outcome = point_runs.run_point(point)
    assert "Found: 1,000. Free some space" in outcome.error
    assert point_runs.recorded(point) == outcome


def test_done_without_its_files_is_not_finished(tmp_path):
    point = fake_points.make(tmp_path)
    assert not point_runs.is_finished(point)
    assert not (tmp_path / "a").exists()
    point_runs.run_point(point)
    assert not point_runs.is_finished(point)


@pytest.mark.parametrize("seconds", ["long", None, [1]])
def test_an_outcome_of_another_form_counts_as_none(tmp_path, seconds):
    point = fake_points.make(tmp_path, code="")
    outcome = point_runs.Outcome(point.name, "done", 0, "", seconds)
    point_runs.record(point, outcome)
    assert point_runs.recorded(point) == point_runs.Outcome("a", "unfinished")
