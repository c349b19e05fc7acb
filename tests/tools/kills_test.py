"""Killed runs: faults are found, and a few real kills leave none."""

import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

from tools.kills import folders

_ROOT = pathlib.Path(__file__).parents[2]


def _model(path, value):
    inputs = keras.Input((2,), name="i")
    outputs = keras.layers.Dense(1, name="d")(inputs)
    model = keras.Model(inputs, outputs, name="m")
    model.set_weights([np.full((2, 1), value), np.zeros(1)])
    model.save(path)


def _write(folder, seconds="1.0", value=0.5):
    (folder / "checkpoint/train").mkdir(parents=True)
    state = folder / "checkpoint/train/epoch00001.json"
    state.write_text('{"epoch": 1}')
    rows = f"epoch,loss,seconds\n1,0.5,{seconds}\n2,0.4,9.9\n"
    (folder / "train.csv").write_text(rows)
    (folder / "train.json").write_text(f'{{"seconds": {seconds}}}')
    _model(folder / "model.keras", value)
    return folder


def test_runs_that_differ_by_time_alone_are_the_same(tmp_path):
    one, two = _write(tmp_path / "a"), _write(tmp_path / "b", seconds="2.0")
    assert folders.differences(one, two) == []
    assert folders.broken_files(one) == []


def test_other_weights_and_lost_files_are_found(tmp_path):
    one, two = _write(tmp_path / "a"), _write(tmp_path / "b", value=0.5000001)
    (two / "train.json").unlink()
    assert folders.differences(one, two) == [
        "model.keras differs",
        "train.json is in one folder only",
    ]


@pytest.mark.parametrize("name", ["train.json", "train.csv", "model.keras"])
def test_half_a_file_is_found(tmp_path, name):
    path = _write(tmp_path / "a") / name
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    (fault,) = folders.broken_files(tmp_path / "a")
    assert fault.startswith(f"{path} is not whole")


def test_an_epoch_that_is_run_again_is_found(tmp_path):
    folder = _write(tmp_path / "a")
    before = folders.epochs(folder)
    path = folder / "train.csv"
    path.write_text(path.read_text().replace("9.9", "8.8"))
    assert folders.repeated_epochs(folder, before) == []
    path.write_text(path.read_text().replace("1.0", "1.1"))
    (fault,) = folders.repeated_epochs(folder, before)
    assert "epoch 1 was run again" in fault


@pytest.mark.slow
def test_killed_commands_end_with_the_same_networks(tmp_path):
    script = _ROOT / "tools" / "kill_runs.py"
    given = ("--kills=3", "--commands=search,export", f"--workdir={tmp_path}")
    done = subprocess.run(
        [sys.executable, script, *given],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "search: 1 kills" in done.stdout
    assert "export: 2 kills" in done.stdout
