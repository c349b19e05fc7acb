"""What has changed among flags, and which flags undo it."""

import shlex

from ednas_tf.runs import changes

BEFORE = {
    "bundle": "micro",
    "strict": True,
    "flip": False,
    "formats": ["float", "int8"],
    "dataset": "folder:/my photos",
    "seed": 3,
    "max_examples": None,
}


def test_equal_flags_have_not_changed():
    assert changes.between(BEFORE, dict(BEFORE), {}) == []


def test_flags_that_undo_a_change_are_those_of_before():
    now = {key: "other" for key in BEFORE if key != "seed"} | {"seed": 3}
    told = changes.undone(changes.between(BEFORE, now, {}))
    given, _, unset = told.partition(", ")
    assert shlex.split(given) == [
        "--bundle=micro",
        "--dataset=folder:/my photos",
        "--noflip",
        "--formats=float,int8",
        "--strict",
    ]
    assert unset == "no --max_examples"


def test_a_younger_flag_had_its_default():
    defaults = {"task": "classification"}
    for task, expected in (
        ("classification", []),
        ("detection", [("task", "classification", "detection")]),
    ):
        now = {**BEFORE, "task": task}
        assert changes.between(BEFORE, now, defaults) == expected


def test_only_the_flags_that_are_asked_for_are_compared():
    now = {"seed": 4, "bundle": "none"}
    found = changes.between(BEFORE, now, {}, keys={"seed"})
    assert found == [("seed", 3, 4)]
    assert changes.told(found) == "--seed was 3, is 4"


def test_a_hash_stands_for_a_file():
    found = [("architecture", "ab" * 32, "cd" * 32)]
    told = changes.undone(found)
    assert told == f"--architecture=FILE with the SHA-256 {'ab' * 32}"
