"""Points run here: threads, several at once, and an end on demand."""

import pathlib
import threading

from ednas_tf import runs
from ednas_tf.stages import executors, point_runs
from tests.stages import fake_points


def test_jobs_share_the_cores(tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "_num_cores", lambda: 6)
    code = "import os; print(os.environ['TF_NUM_INTRAOP_THREADS'])"
    local = executors.Local(jobs=2)
    names = []
    made = [fake_points.make(tmp_path, name, code) for name in "abc"]
    found = list(local.run(made, lambda point: names.append(point.name)))
    assert sorted(names) == ["a", "b", "c"]
    assert {outcome.status for outcome in found} == {"done"}
    assert (tmp_path / "c" / runs.POINT_LOG).read_text() == "3\n"


def test_jobs_run_at_once(tmp_path):
    # Each waits for the other's file: one at a time would never end.
    code = (
        "import pathlib, sys, time; pathlib.Path(r'{}').touch()\n"
        "while not pathlib.Path(r'{}').exists(): time.sleep(0.01)"
    )
    files = [str(tmp_path / name) for name in ("x", "y")]
    made = [
        fake_points.make(tmp_path, "a", code.format(*files)),
        fake_points.make(tmp_path, "b", code.format(*reversed(files))),
    ]
    found = executors.Local(jobs=2).run(made, lambda point: None)
    assert {outcome.status for outcome in found} == {"done"}


def test_closing_ends_the_processes(tmp_path):
    code = f"import time; open(r'{tmp_path}/up', 'w'); time.sleep(60)"
    made = [
        fake_points.make(tmp_path, "a"),
        fake_points.make(tmp_path, "b", code),
    ]
    outcomes = executors.Local(jobs=2).run(made, lambda point: None)
    assert next(outcomes).name == "a"
    while not pathlib.Path(tmp_path, "up").exists():
        threading.Event().wait(0.01)
    outcomes.close()
    known = point_runs.recorded(made[1])
    assert (known.status, known.exit_code) == ("unfinished", -15)
