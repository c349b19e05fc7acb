"""Files of a folder that come back, and old ones that a failure leaves."""

import json
import os

import pytest

from ednas_tf import errors
from ednas_tf.runs import store


def test_text_and_json_and_rows_come_back(tmp_path):
    run = store.Store(tmp_path)
    run.write_text("a.txt", "é\n")
    run.write_json("b.json", {"x": [1, None]})
    run.write_rows("c.csv", [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "new": 3}])
    assert run.read_text("a.txt") == "é\n"
    assert json.loads(run.read_text("b.json")) == {"x": [1, None]}
    assert run.read_rows("c.csv") == [
        {"epoch": "1", "loss": "0.5", "new": ""},
        {"epoch": "2", "loss": "", "new": "3"},
    ]
    assert run.read_rows("missing.csv") == []


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    run = store.Store(tmp_path)
    run.write_text("a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        run.write_text("a.txt", "new \ud800")
    assert run.read_text("a.txt") == "old"
    assert os.listdir(run.folder) == ["a.txt"]


def test_a_full_disk_is_one_line_and_leaves_the_old_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    run = store.Store(tmp_path)
    run.write_text("a.txt", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        errors.UserError, match="a.txt cannot be written: No sp"
    ):
        run.write_text("a.txt", "new")
    assert os.listdir(run.folder) == ["a.txt"]
    assert run.read_text("a.txt") == "old"


@pytest.mark.parametrize("old", [None, "file", "folder"])
def test_write_with_replaces_files_and_folders(tmp_path, old):
    run = store.Store(tmp_path)
    if old == "file":
        run.write_text("saved", "old")
    if old == "folder":
        run.path("saved").mkdir()
        run.path("saved/old").touch()
    run.write_with("saved", lambda path: os.makedirs(f"{path}/new"))
    assert os.listdir(run.folder) == ["saved"]
    assert os.listdir(run.path("saved")) == ["new"]


def test_write_with_that_fails_leaves_the_old_file(tmp_path):
    def write(path):
        with open(path, "w") as file:
            file.write("half")
        raise OSError(28, "No space left on device")

    run = store.Store(tmp_path)
    run.write_text("saved", "old")
    with pytest.raises(errors.UserError, match="saved cannot be written"):
        run.write_with("saved", write)
    assert run.read_text("saved") == "old"


def test_too_little_space_is_told_before_a_file_is_written(tmp_path):
    run = store.Store(tmp_path)
    with pytest.raises(errors.UserError, match="free bytes"):
        run.write_with("saved", lambda path: None, size=10**18)
    assert not os.listdir(run.folder)
