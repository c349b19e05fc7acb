"""Tests that a run folder of a stranger makes us write nowhere else."""

import pytest

from ednas_tf import errors, runs


@pytest.mark.parametrize(
    "name", ["config.json", "checkpoint", "tensorboard/search", "points/a/x"]
)
def test_a_link_out_of_the_folder_is_refused(tmp_path, name):
    (tmp_path / "outside").mkdir()
    link = tmp_path / "run" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "outside")
    with pytest.raises(errors.UserError, match="Remove the link"):
        runs.Run(tmp_path / "run")


def test_other_links_may_stay(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes").symlink_to(tmp_path)
    (tmp_path / "run" / "search.json").symlink_to("other.json")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    assert runs.Run(tmp_path / "link").folder.is_dir()


def test_half_a_file_that_is_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    run = runs.Run(tmp_path / "run")
    run.path("partial-search.json").symlink_to(outside)
    run.write_json("search.json", {"a": 1})
    assert outside.read_text() == "mine"
    assert not run.path("search.json").is_symlink()


def test_a_folder_that_is_a_link_is_not_emptied(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "mine").touch()
    run = runs.Run(tmp_path / "run")
    run.path("saved_model").symlink_to(tmp_path / "outside")
    run.remove("saved_model")
    assert (tmp_path / "outside" / "mine").exists()
    assert not run.path("saved_model").exists()


def test_a_file_without_end_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="at most 1000 bytes"):
        runs.read_text("/dev/zero", 1000)


def test_rows_without_seconds_are_told(tmp_path):
    run = runs.Run(tmp_path)
    run.write_text(runs.HISTORY, "epoch,seconds\n1,soon\n")
    with pytest.raises(errors.UserError, match="seconds in each row"):
        run.seconds(runs.HISTORY)
