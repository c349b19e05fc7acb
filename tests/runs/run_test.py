"""The run folder: whole files, resumed runs, nothing of others deleted."""

import json
import os

import pytest

from ednas_tf import errors, runs

FLAGS = {"seed": 1, "operations": ["dw3", "dw5"], "budget": None}


def run_of(tmp_path):
    return runs.Run(tmp_path / "run")


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


def test_run_folder_is_named_by_the_dataset_unless_given():
    assert str(runs.folder(None, "folder:my photos")) == "runs/folder_my_photos"
    assert runs.folder("here", "digits") == "here"


def test_stage_that_wrote_nothing_takes_other_flags(tmp_path):
    run_of(tmp_path).open("search", {"seed": 1})
    run_of(tmp_path).open("search", {"seed": 2})
    assert '"seed": 2' in run_of(tmp_path).read_text(runs.CONFIG)


def test_later_stage_must_cut_the_data_alike(tmp_path):
    run_of(tmp_path).open("train", {"seed": 1, "train_epochs": 3})
    with pytest.raises(errors.UserError, match="--seed was 1, is 2"):
        run_of(tmp_path).open("evaluate", {"seed": 2})


def test_advice_names_the_stage_and_its_own_flags(tmp_path):
    run = run_of(tmp_path)
    run.open("search", {"target": "tda2"})
    run.open("export", {"target": "stm32h743", "bundle": "micro"})
    run.write_text(runs.EXPORT, "{}")
    run.write_text(runs.FLAGS, "--target=tda2\n")
    with pytest.raises(errors.UserError) as caught:
        run.open("export", {"target": "tda2", "bundle": "none"})
    told = str(caught.value)
    assert "`python -m ednas_tf.export` with --bundle=micro" in told
    assert "--target=stm32h743;" in told
    assert runs.FLAGS not in told


def test_a_folder_of_an_earlier_version_goes_on(tmp_path):
    run_of(tmp_path).open("search", FLAGS)
    run_of(tmp_path).write_text(runs.HISTORY, "")
    run = runs.Run(run_of(tmp_path).folder, {"task": "classification"})
    run.open("search", {**FLAGS, "task": "classification"})
    with pytest.raises(errors.UserError, match="--task was classification, is"):
        run.open("evaluate", {"seed": 1, "task": "detection"})


@pytest.mark.parametrize(
    ("stage", "helps"), [("search", True), ("evaluate", False)]
)
def test_overwrite_is_advised_where_it_helps(tmp_path, stage, helps):
    run_of(tmp_path).open("train", {"seed": 1})
    with pytest.raises(errors.UserError, match="Go on with --seed=1") as caught:
        run_of(tmp_path).open(stage, {"seed": 2})
    assert ("--overwrite" in str(caught.value)) == helps


def test_a_check_tells_what_was_done_and_changes_nothing(tmp_path):
    run = run_of(tmp_path)
    run.open("train", {"seed": 1})
    before = run.read_text(runs.CONFIG)
    assert not run.check("evaluate", {"seed": 1})
    with pytest.raises(errors.UserError, match="--seed was 1, is 2"):
        run.check("evaluate", {"seed": 2})
    assert run.read_text(runs.CONFIG) == before
    run.write_text(runs.METRICS, "{}")
    run.replaced("evaluate", {"seed": 1}, [runs.METRICS])
    assert run.check("evaluate", {"seed": 1})
    assert not run.check("evaluate", {"seed": 1, "simulate": "tidl"})


def test_what_is_not_written_again_goes_and_so_do_reports(tmp_path):
    run = run_of(tmp_path)
    run.open("train", {"seed": 1})
    for name in (runs.MODEL, runs.METRICS, runs.CONFUSION, runs.REPORT):
        run.write_text(name, "old")
    run.write_text(runs.METRICS, "{}")
    run.replaced("evaluate", {"seed": 1}, [runs.METRICS])
    kept = {runs.MODEL, runs.METRICS, runs.CONFIG}
    assert {*os.listdir(run.folder)} == kept
    config = json.loads(run.read_text(runs.CONFIG))
    assert config == {"train": {"seed": 1}, "evaluate": {"seed": 1}}


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


def test_overwrite_that_is_killed_leaves_no_stage_without_the_one_before(
    tmp_path, monkeypatch
):
    run = run_of(tmp_path)
    run.open("search", FLAGS)
    for name in (runs.ARCHITECTURE, runs.SEARCH_STATE, runs.MODEL):
        run.path(name).parent.mkdir(exist_ok=True)
        run.write_text(name, "old")
    gone, remove = [], runs.Run.remove
    monkeypatch.setattr(
        runs.Run,
        "remove",
        lambda run, name: gone.append(name) or remove(run, name),
    )
    run.open("search", FLAGS, overwrite=True)
    places = [gone.index(n) for n in (runs.MODEL, runs.SEARCH_STATE)]
    assert places == sorted(places)
    assert places[-1] < gone.index(runs.ARCHITECTURE)
