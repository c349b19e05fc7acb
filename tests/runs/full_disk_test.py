"""What a full disk leaves, told in one line: failures made by hand."""

import errno
import json
import os
import shutil
import tempfile
import zipfile

import h5py
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors, runs
from ednas_tf.exporting import saved_model
from tests import commands

_FULL = OSError(errno.ENOSPC, "No space left on device")


def _fail(*_, **__):
    raise _FULL


@pytest.fixture
def run(tmp_path):
    run = runs.Run(tmp_path)
    run.write_text("a.txt", "before")
    return run


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_text_stays_as_it_was(run, monkeypatch, name):
    monkeypatch.setattr(os, name, _fail)
    monkeypatch.setattr("pathlib.Path.replace", _fail)
    with pytest.raises(errors.UserError, match=r"a\.txt.*Free some space"):
        run.write_text("a.txt", "after")
    monkeypatch.undo()
    assert commands.snapshot(run.folder) == {"a.txt": b"before"}


def _archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
        _fail()


def _weights(path):
    with h5py.File(path, "w") as file:
        file["a"] = np.zeros(3)
        _fail()


def _folder(path):
    os.mkdir(path)
    with open(f"{path}/part", "w", encoding="utf-8") as file:
        file.write("x")
    _fail()


@pytest.mark.parametrize("write", [_archive, _weights, _folder])
def test_what_others_write_is_whole_or_not_there(run, write):
    with pytest.raises(errors.UserError, match=r"a\.txt.*Free some space"):
        run.write_with("a.txt", write)
    assert commands.snapshot(run.folder) == {"a.txt": b"before"}
    assert os.listdir(run.folder) == ["a.txt"]


def test_room_is_asked_for_before_a_large_file(run, monkeypatch):
    usage = shutil.disk_usage(run.folder)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    run.write_with("b.npz", np.savez, size=600_000)
    with pytest.raises(errors.UserError, match=r"Found: 1,000,000\. Free some"):
        run.write_with("c.npz", np.savez, size=800_000)


def test_weights_are_not_larger_than_thought(tmp_path):
    arrays = [np.zeros(shape, np.float32) for shape in ((3, 3), (), (200,)) * 9]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for place, array in enumerate(arrays):
            file[f"layers/layer{place}/vars/0"] = array
    size = (tmp_path / "a.h5").stat().st_size
    assert size / 2 < runs.weights_size(arrays)
    assert size < runs.weights_size(arrays) + 300_000


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (_FULL, True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError("model.pb; No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ValueError("full"), False),
    ],
)
def test_a_full_disk_is_known_by_number_or_words(error, full):
    assert runs.is_full(error) == full


def test_a_full_folder_of_temporary_files_is_told(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/somewhere")
    monkeypatch.setattr(tempfile, "TemporaryDirectory", _fail)
    with (
        pytest.raises(errors.UserError, match=r"/somewhere is full.*TMPDIR"),
        runs.scratch(),
    ):
        pass


def test_other_failures_of_temporary_files_stay_what_they_are():
    with pytest.raises(PermissionError), runs.scratch():
        raise PermissionError("no")


def test_tensorflow_tells_of_a_full_disk_as_python_does():
    with (
        pytest.raises(OSError, match="No space left") as told,
        saved_model.telling_disk(),
    ):
        raise tf.errors.ResourceExhaustedError(None, None, str(_FULL))
    assert runs.is_full(told.value)


def test_a_file_that_grows_is_told(run, monkeypatch):
    monkeypatch.setattr("builtins.open", _fail)
    with pytest.raises(errors.UserError, match=r"log\.txt.*Free some space"):
        run.opened("log.txt")


def test_a_state_of_json_is_not_cut(run, monkeypatch):
    run.write_json("b.json", {"a": 1})
    monkeypatch.setattr(os, "fsync", _fail)
    with pytest.raises(errors.UserError):
        run.write_json("b.json", {"a": list(range(1000))})
    assert json.loads(run.read_text("b.json")) == {"a": 1}
