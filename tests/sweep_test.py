"""`python -m ednas_tf.sweep` as users run it; searches mostly faked."""

import fcntl
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from ednas_tf import runs, sweep
from ednas_tf.stages import points
from tests import commands

_ROOT = pathlib.Path(__file__).parents[1]
_FAKE = str(_ROOT / "tests" / "fake_search.py")
SMALL = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=300",
    "--batch_size=32",
    "--search_epochs=2",
    "--warmup_epochs=1",
    "--train_epochs=1",
    "--stem_kernel=3",
    "--operations=dw3,dw5",
    "--target=stm32h743",
    "--formats=float,int8",
)
_WEIGHTS = "--energy_weights=0,1"


@pytest.fixture(autouse=True)
def _fake_searches(monkeypatch):
    """Lets fake searches run, unless a test wants real ones."""
    monkeypatch.setattr(points, "SEARCH", (_FAKE,))


def _run(folder, *given):
    return commands.run(sweep, *SMALL, f"--workdir={folder}", *given)


def _status(folder):
    content = json.loads((folder / runs.PARETO).read_text())
    return {row["point"]: row["status"] for row in content["rows"]}


def test_a_folder_per_point_and_what_they_show(tmp_path):
    code, printed, told = _run(tmp_path, _WEIGHTS)
    assert (code, told) == (0, []), printed
    assert _status(tmp_path) == dict.fromkeys(
        ("reference", "free", "energy_weight_1"), "done"
    )
    assert (tmp_path / runs.PARETO_TABLE).exists()
    drawn = importlib.util.find_spec("matplotlib") is not None
    assert (tmp_path / runs.PARETO_PLOT).exists() == drawn
    assert "energy_weight_1 starts" in printed
    assert "float_accuracy 0.8000" in printed


def test_the_same_command_again_runs_nothing(tmp_path):
    _run(tmp_path, _WEIGHTS)
    before = commands.snapshot(tmp_path / runs.POINTS)
    code, printed, _ = _run(tmp_path, _WEIGHTS)
    assert code == 0
    assert "free done before" in printed
    assert "starts" not in printed
    assert commands.snapshot(tmp_path / runs.POINTS) == before


def test_more_values_add_points_and_keep_the_others(tmp_path):
    _run(tmp_path, _WEIGHTS)
    before = commands.snapshot(tmp_path / runs.POINTS)
    given = ("--energy_weights=0,2", "--latency_weights=0,1", "--jobs=2")
    assert _run(tmp_path, *given)[0] == 0
    assert len(_status(tmp_path)) == 6
    after = commands.snapshot(tmp_path / runs.POINTS)
    assert {name: after[name] for name in before} == before


def test_other_settings_are_refused_and_nothing_is_lost(tmp_path):
    _run(tmp_path, _WEIGHTS)
    before = commands.snapshot(tmp_path)
    code, _, told = _run(tmp_path, _WEIGHTS, "--train_epochs=9")
    assert code == 1
    assert len(told) == 1
    assert "--train_epochs was 1, is 9" in told[0]
    assert commands.snapshot(tmp_path) == before


def test_overwrite_begins_again(tmp_path):
    _run(tmp_path, _WEIGHTS)
    given = ("--energy_weights=0", "--train_epochs=9", "--overwrite")
    assert _run(tmp_path, *given)[0] == 0
    assert set(_status(tmp_path)) == {"reference", "free"}


def test_a_failed_point_is_recorded_and_the_others_go_on(tmp_path):
    code, printed, told = _run(tmp_path, "--energy_weights=7,1")
    assert code == 1
    assert len(told) == 1
    assert "energy_weight_7 (it broke)" in told[0]
    statuses = _status(tmp_path)
    assert statuses["energy_weight_7"] == "failed"
    assert statuses["energy_weight_1"] == "done"
    assert "energy_weight_7 failed (exit code 1): it broke" in printed


def test_infeasible_points_beside_good_ones_are_fine(tmp_path):
    code, _, told = _run(tmp_path, "--memory_budgets_kib=0.5,5")
    assert (code, told) == (0, [])
    assert _status(tmp_path)["memory_0.5kib"] == "infeasible"


def test_infeasible_points_alone_exit_3(tmp_path):
    code, _, told = _run(tmp_path, "--memory_budgets_kib=0.5,0.25")
    assert code == 3
    assert told == ["error: No point fits its budgets: nothing fits"]
    assert _status(tmp_path)["reference"] == "done"


def test_a_point_that_lost_a_file_is_run_again(tmp_path):
    given = ("--energy_weights=0", "--noreference")
    _run(tmp_path, *given)
    (tmp_path / runs.POINTS / "free" / runs.METRICS).unlink()
    _, printed, _ = _run(tmp_path, *given)
    assert "free starts" in printed
    assert _status(tmp_path) == {"free": "done"}


def test_one_warmup_is_shared_by_points_that_search_channels(tmp_path):
    code, printed, _ = _run(tmp_path, _WEIGHTS, "--search_channels")
    assert code == 0
    assert "warmup starts" in printed
    assert (tmp_path / runs.SHARED_WARMUP / runs.WARMUP).exists()
    flagfile = tmp_path / runs.POINTS / "free" / runs.POINT_FLAGS
    assert f"--warmup_from={tmp_path}/warmup" in flagfile.read_text()
    again = _run(tmp_path, "--energy_weights=2", "--search_channels")
    assert (again[0], "warmup starts" in again[1]) == (0, False)


def test_each_point_warms_up_by_itself_where_asked(tmp_path):
    given = ("--search_channels", "--noshare_warmup", "--noreference")
    assert "warmup" not in _run(tmp_path, _WEIGHTS, *given)[1]
    flagfile = tmp_path / runs.POINTS / "free" / runs.POINT_FLAGS
    assert "--warmup_from" not in flagfile.read_text()


def test_dry_run_tells_the_points_and_writes_nothing(tmp_path):
    folder = tmp_path / "run"
    given = ("--memory_budgets_kib=50%", "--dry_run")
    code, printed, _ = _run(folder, *given)
    assert code == 0
    assert "memory_50pct (" in printed
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), "--memory_budgets_kib"),
        (("--energy_weights=nan",), "finite"),
        ((_WEIGHTS, "--target=tda2"), "no figures for energy_uj"),
        ((_WEIGHTS, "--dataset=digit"), "'digits'"),
        ((_WEIGHTS, "--executor=ray", "--ray_address=127.0.0.1:9"), "Ray"),
    ],
)
def test_mistakes_are_one_line_before_anything_starts(
    tmp_path, given, expected
):
    code, _, told = _run(tmp_path, *given)
    assert (code, len(told)) == (1, 1)
    assert expected in told[0]
    assert not (tmp_path / runs.POINTS).exists()


def test_two_sweeps_do_not_share_a_folder(tmp_path):
    with open(tmp_path / "sweep.lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, _, told = _run(tmp_path, _WEIGHTS)
    assert (code, len(told)) == (1, 1)
    assert "to be idle" in told[0]


def _interrupted(folder, number, *given):
    """Sends a signal to a sweep when its last point has started.

    Returns:
        The sweep's exit code, and the folder of that point.
    """
    flags = (*SMALL, "--energy_weights=0,8", f"--workdir={folder}", *given)
    fake = (
        "from ednas_tf import config, sweep; "
        "from ednas_tf.stages import points; "
        f"points.SEARCH = ({_FAKE!r},); config.start(sweep.main)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", fake, *flags],
        cwd=_ROOT,
        # A shell's background jobs ignore the interrupt, and so do theirs.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    last = folder / runs.POINTS / "energy_weight_8"
    while not (last / "started").exists() and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, number)
    return process.wait(60), last


def _check_interrupted(folder, last):
    statuses = _status(folder)
    assert (statuses["reference"], statuses["free"]) == ("done", "done")
    known = json.loads((last / runs.POINT).read_text())
    assert known["status"] == "unfinished"
    with open(folder / "sweep.lock", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # All have ended.


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_the_points_and_keeps_the_finished(
    tmp_path, number, expected
):
    code, last = _interrupted(tmp_path, number)
    assert code == expected
    _check_interrupted(tmp_path, last)


@pytest.mark.slow
def test_a_signal_ends_the_tasks_of_ray_too(tmp_path):
    pytest.importorskip("ray", reason="Ray has no wheel for this Python")
    code, last = _interrupted(tmp_path, signal.SIGTERM, "--executor=ray")
    assert code == 143
    _check_interrupted(tmp_path, last)


@pytest.mark.slow
def test_a_real_point_is_a_whole_run(tmp_path, monkeypatch):
    monkeypatch.setattr(points, "SEARCH", ("-m", "ednas_tf.search"))
    given = ("--memory_budgets_kib=95%", "--noreference")
    code, printed, told = _run(tmp_path, *given)
    assert (code, told) == (0, []), printed
    content = json.loads((tmp_path / runs.PARETO).read_text())
    (row,) = content["rows"]
    assert row["within_budget"]
    assert row["file_memory_bytes"] == row["memory_bytes"]
    assert row["memory_bytes"] <= row["memory_budget_bytes"]
    assert content["artifact"] == "model_int8.tflite"
