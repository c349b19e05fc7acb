"""How to get a run again: commands that give every stage its flags."""

from ednas_tf import runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import reproduction
from tests.reporting import run_folders


def test_flagfile_is_read():
    text = "# comment\n--seed=3\n--nodownload\n--feedback\n\n--name=a=b\n"
    found = reproduction.parse(text)
    assert found["seed"] == "3" and found["name"] == "a=b"
    assert found["download"] is False and found["feedback"] is True


def test_stage_with_other_flags_gets_them(tmp_path):
    run_folders.write_whole(tmp_path)
    flags = {"seed": 3, "target": "stm32h743", "formats": ["float", "int8"]}
    flags |= {"deterministic": True, "core": None, "name": "it's; rm"}
    search = records.read(tmp_path).config["search"]
    run = runs.Run(tmp_path)
    run.write_json(runs.CONFIG, {"search": search, "export": flags})
    first, second = reproduction.commands(records.read(tmp_path))
    assert first.startswith("python -m ednas_tf.search")
    assert "--through=search" in first and "--target" not in first
    told = [line.strip(" \\") for line in second.splitlines()]
    assert told[3:] == [
        "--target=stm32h743",
        "--formats=float,int8",
        "--deterministic",
        "'--name=it'\"'\"'s; rm'",
    ]


def test_stages_that_are_not_there_are_missing(tmp_path):
    run_folders.write_searched(tmp_path)
    record = records.read(tmp_path)
    assert reproduction.done(record) == ["search"]
    missing = [stage for stage, _ in reproduction.missing(record)]
    assert missing == ["train", "export", "evaluate"]


def test_training_of_a_given_network_needs_no_search(tmp_path):
    run_folders.write_whole(tmp_path)
    (tmp_path / runs.SEARCH).unlink()
    assert reproduction.missing(records.read(tmp_path)) == []
