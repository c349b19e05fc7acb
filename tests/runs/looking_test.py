"""Looking at a run folder tells what `open` would, and changes nothing."""

import pytest

from ednas_tf import errors, runs
from tests import commands


@pytest.fixture
def run(tmp_path):
    run = runs.Run(tmp_path / "run")
    run.open("train", {"seed": 1})
    run.write_text(runs.MODEL, "model")
    return run


def test_same_flags_are_told_by_the_files_there(run):
    assert run.look("train", {"seed": 1}) == [runs.MODEL]
    assert run.look("export", {"seed": 1}) == []


def test_other_flags_are_refused_unless_all_may_go(run):
    before = commands.snapshot(run.folder)
    with pytest.raises(errors.UserError, match="--seed was 1, is 2"):
        run.look("train", {"seed": 2})
    assert run.look("train", {"seed": 2}, overwrite=True) == [runs.MODEL]
    assert commands.snapshot(run.folder) == before


def test_files_of_an_unknown_run_are_refused(run):
    run.remove(runs.CONFIG)
    with pytest.raises(errors.UserError, match="unknown run"):
        run.look("train", {"seed": 1})


def test_refused_folder_keeps_what_a_killed_run_left(run):
    partial = run.path(f"partial-{runs.MODEL}")
    partial.write_text("half")
    with pytest.raises(errors.UserError):
        run.open("train", {"seed": 2})
    assert partial.exists()


def test_folder_is_not_created_where_that_is_not_wanted(tmp_path):
    runs.Run(tmp_path / "a" / "b", create=False)
    assert not list(tmp_path.iterdir())


def test_folder_that_could_not_be_created_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.UserError, match="cannot be created"):
        runs.Run(tmp_path / "file" / "run", create=False)
