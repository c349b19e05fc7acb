"""Tests of `tools/comparison/protocol.py`."""

import pathlib

import pytest

from ednas_tf import errors
from tools.comparison import protocol

_SMALL = """
title = "t"
description = "d"
seeds = [0, 1]
flags = ["--dataset=digits"]
search_flags = ["--search_epochs=2"]

[[targets]]
name = "tda2"
flags = ["--target=tda2"]
width = 0.5
budgets = [1.1, 1.25]

[[contestants]]
id = "searched"
label = "a search"
kind = "search"

[[contestants]]
id = "dw3"
label = "3x3"
kind = "fixed"
operation = "dw3"
"""


@pytest.fixture
def read(tmp_path):
    def of(text):
        path = tmp_path / "protocol.toml"
        path.write_text(text)
        return protocol.read(path)

    return of


def test_reads_targets_and_contestants_in_order(read):
    found = read(_SMALL)
    assert found.seeds == (0, 1)
    assert found.labels == {"searched": "a search", "dw3": "3x3"}
    assert found.fixed == ("dw3",)
    assert found.targets[0].budgets == (1.1, 1.25)
    assert found.contestants[0].wider == 1.0


def test_own_protocols_are_read():
    folder = pathlib.Path(protocol.__file__).parent
    for path in folder.glob("*.toml"):
        assert protocol.read(path).contestants[0].kind == "search"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("seeds = [0, 1]", "seeds = []", "Expected seeds, each once"),
        ("seeds = [0, 1]", "seeds = [1, 1]", "Expected seeds, each once"),
        ('id = "dw3"', 'id = "searched"', "Expected an id of its own"),
        ('kind = "search"', 'kind = "serach"', "search"),
        ('operation = "dw3"', "", "Expected the operation of dw3"),
        ("width = 0.5", "wigth = 0.5", "wigth"),
        ("width = 0.5", "", "Not a Target"),
        ("seeds", "seeds = 3 seeds", "is not TOML"),
    ],
)
def test_mistakes_are_told(read, before, after, told):
    assert before in _SMALL
    with pytest.raises(errors.UserError, match=told):
        read(_SMALL.replace(before, after))


def test_missing_file_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="Expected a protocol at"):
        protocol.read(tmp_path / "none.toml")


def test_less_can_be_asked_for(read):
    found = protocol.only(read(_SMALL), seeds=["1"], contestants=["dw3"])
    assert found.seeds == (1,)
    assert [c.id for c in found.contestants] == ["dw3"]
    assert len(found.targets) == 1


def test_unknown_part_is_told(read):
    with pytest.raises(errors.UserError, match="contestant"):
        protocol.only(read(_SMALL), contestants=["dw4"])
