"""The run folder: whole files, resumed runs, nothing of others deleted."""

import json
import os
import subprocess
import sys

import pytest

from ednas_tf import errors, runs

FLAGS = {"seed": 1, "operations": ["dw3", "dw5"], "budget": None}


def run_of(tmp_path):
    return runs.Run(tmp_path / "run")


def test_text_and_json_and_rows_come_back(tmp_path):
    run = run_of(tmp_path)
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
    run = run_of(tmp_path)
    run.write_text("a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        run.write_text("a.txt", "new \ud800")
    assert run.read_text("a.txt") == "old"
    assert os.listdir(run.folder) == ["a.txt"]


def test_a_full_disk_is_one_line_and_leaves_the_old_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    run = run_of(tmp_path)
    run.write_text("a.txt", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        errors.UserError, match="a.txt cannot be written: No sp"
    ):
        run.write_text("a.txt", "new")
    assert os.listdir(run.folder) == ["a.txt"]
    assert run.read_text("a.txt") == "old"


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    run = run_of(tmp_path)
    run.write_text("a.txt", "old")
    code = (
        "import os, sys; from ednas_tf import runs; "
        "os.fsync = lambda _: os._exit(9); "
        "runs.write_text(sys.argv[1], 'new')"
    )
    path = str(run.path("a.txt"))
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == 9
    assert run.read_text("a.txt") == "old"


@pytest.mark.parametrize("old", [None, "file", "folder"])
def test_write_with_replaces_files_and_folders(tmp_path, old):
    run = run_of(tmp_path)
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

    run = run_of(tmp_path)
    run.write_text("saved", "old")
    with pytest.raises(errors.UserError, match="saved cannot be written"):
        run.write_with("saved", write)
    assert run.read_text("saved") == "old"


def test_the_same_flags_resume(tmp_path):
    run_of(tmp_path).open("search", FLAGS)
    run_of(tmp_path).write_text(runs.HISTORY, "epoch\n1\n")
    run_of(tmp_path).open("search", {**FLAGS, "operations": ("dw3", "dw5")})
    assert run_of(tmp_path).read_rows(runs.HISTORY) == [{"epoch": "1"}]


def test_other_flags_are_refused_by_name(tmp_path):
    run_of(tmp_path).open("search", FLAGS)
    run_of(tmp_path).write_text(runs.HISTORY, "")
    before = run_of(tmp_path).read_text(runs.CONFIG)
    with pytest.raises(errors.UserError) as caught:
        run_of(tmp_path).open("search", {"seed": 2, "budget": None})
    assert "--seed was 1, is 2" in str(caught.value)
    assert "--operations was ['dw3', 'dw5'], is None" in str(caught.value)
    assert "budget" not in str(caught.value)
    assert run_of(tmp_path).read_text(runs.CONFIG) == before


def test_each_stage_has_its_own_flags(tmp_path):
    run = run_of(tmp_path)
    run.open("search", FLAGS)
    run.open("train", {"epochs": 3})
    assert json.loads(run.read_text(runs.CONFIG)) == {
        "search": FLAGS,
        "train": {"epochs": 3},
    }


def test_files_of_an_unknown_run_are_refused(tmp_path):
    run = run_of(tmp_path)
    run.write_text(runs.ARCHITECTURE, "{}")
    with pytest.raises(errors.UserError, match=r"architecture\.json of an unk"):
        run.open("search", FLAGS)
    assert run.read_text(runs.ARCHITECTURE) == "{}"


def test_overwrite_deletes_what_the_stage_and_later_ones_wrote(tmp_path):
    run = run_of(tmp_path)
    run.open("search", FLAGS)
    run.open("train", {"epochs": 3})
    run.write_text(runs.ARCHITECTURE, "{}")
    run.write_text(runs.MODEL, "model")
    run.write_text(runs.METRICS, "{}")
    run.write_text("notes.txt", "mine")
    run.open("train", {"epochs": 4}, overwrite=True)
    kept = [runs.ARCHITECTURE, runs.CONFIG, "notes.txt"]
    assert sorted(os.listdir(run.folder)) == sorted(kept)
    assert json.loads(run.read_text(runs.CONFIG))["train"] == {"epochs": 4}
    assert json.loads(run.read_text(runs.CONFIG))["search"] == FLAGS


@pytest.mark.parametrize("text", ["{", "[1]", '{"search": 3}', '"x"', "null"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_broken_config_is_explained_before_anything_is_deleted(
    tmp_path, text, overwrite
):
    run = run_of(tmp_path)
    run.write_text(runs.CONFIG, text)
    run.write_text(runs.ARCHITECTURE, "{}")
    with pytest.raises(errors.UserError, match=r"config\.json"):
        run.open("search", FLAGS, overwrite)
    assert run.has(runs.ARCHITECTURE)
    assert run.read_text(runs.CONFIG) == text


def test_a_folder_that_is_a_file_is_explained(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(errors.UserError, match="cannot be created"):
        run_of(tmp_path)


def test_a_read_only_folder_is_explained(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(runs.run.tempfile, "TemporaryFile", refuse)
    with pytest.raises(errors.UserError, match="Permission denied"):
        run_of(tmp_path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "which is missing"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "cannot be read"),
        (lambda path: path.write_text("x" * 9999), "at most 9998 bytes"),
    ],
)
def test_files_that_cannot_be_read_are_explained(tmp_path, make, message):
    make(tmp_path / "a.txt")
    with pytest.raises(errors.UserError, match=message):
        runs.read_text(tmp_path / "a.txt", limit=9998)


def test_sha256_of_a_known_text(tmp_path):
    (tmp_path / "a").write_text("abc")
    assert runs.sha256(tmp_path / "a").startswith(
        "ba7816bf8f01cfea414140de5dae"
    )


def test_run_folder_is_named_by_the_dataset_unless_given():
    assert str(runs.folder(None, "folder:my photos")) == "runs/folder_my_photos"
    assert runs.folder("here", "digits") == "here"


def test_the_seed_repeats_all_draws():
    import keras
    import numpy as np

    draws = []
    for _ in range(2):
        runs.set_seed(3)
        draws.append([np.random.rand(), float(keras.random.uniform(()))])
    assert draws[0] == draws[1]


def test_too_little_space_is_told_before_a_file_is_written(tmp_path):
    run = run_of(tmp_path)
    with pytest.raises(errors.UserError, match="free bytes"):
        run.write_with("saved", lambda path: None, size=10**18)
    assert not os.listdir(run.folder)


def test_stage_that_wrote_nothing_takes_other_flags(tmp_path):
    run_of(tmp_path).open("search", {"seed": 1})
    run_of(tmp_path).open("search", {"seed": 2})
    assert '"seed": 2' in run_of(tmp_path).read_text(runs.CONFIG)


def test_later_stage_must_cut_the_data_alike(tmp_path):
    run_of(tmp_path).open("train", {"seed": 1, "train_epochs": 3})
    with pytest.raises(errors.UserError, match="--seed was 1, is 2"):
        run_of(tmp_path).open("evaluate", {"seed": 2})


def test_leftovers_of_a_kill_are_cleared(tmp_path):
    run = run_of(tmp_path)
    run.write_text("partial-model.keras", "half")
    run.open("train", {})
    assert not run.has("partial-model.keras")


def test_only_our_own_halves_of_files_are_swept_up(tmp_path):
    run = run_of(tmp_path)
    (run.folder / "mine").mkdir()
    run.path(runs.SEARCH_STATE).mkdir(parents=True)
    ours = run.path(runs.SEARCH_STATE) / "partial-epoch00001.weights.h5"
    mine = [run.path("partial-notes.txt"), run.path("mine/partial-model.keras")]
    for path in (ours, *mine):
        path.touch()
    run.open("train", {})
    assert all(path.exists() for path in mine)
    assert not ours.exists()
