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
space_flags = ["--space=tiny"]
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


_RANKING = """
[ranking]
target = "tda2"
level = 2
count = 3

[[ranking.variants]]
label = "plain"
flags = ["--sampling=hard"]
"""
_WHOLE = _SMALL + _RANKING


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
    assert found.contestants[0].wider == 0.0


def test_reads_a_ranking(read):
    found = read(_WHOLE).ranking
    assert (found.target, found.level, found.count) == ("tda2", 2, 3)
    assert found.variants == (("plain", ("--sampling=hard",)),)
    assert read(_SMALL).ranking is None


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
        ("width = 0.5", "", r"targets\[0\].width .* Received: none"),
        ("[1.1, 1.25]", "[]", "Expected budgets of tda2, all above 0"),
        ("[1.1, 1.25]", "[1.1, 0]", "Expected budgets of tda2, all above 0"),
        ('id = "dw3"', 'id = "best_fixed"', "Expected another id than best_f"),
        ('id = "dw3"', 'id = "random_first"', "Expected another id than rand"),
        ("level = 2", "level = 0", "ranking from 1 to 2, .* Received: 0"),
        ("level = 2", "level = 3", "ranking from 1 to 2, .* Received: 3"),
        ("count = 3", "count = 2", "at least 3 networks .* Received: 2"),
        ('\ntarget = "tda2"', '\ntarget = "tda3"', "mean 'tda2'"),
        ("seeds", "seeds = 3 seeds", "is not TOML"),
    ],
)
def test_mistakes_are_told(read, before, after, told):
    assert before in _WHOLE
    with pytest.raises(errors.UserError, match=told):
        read(_WHOLE.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("seeds = [0, 1]", "seeds = 3", "seeds to be a list of whole numbers"),
        ("[0, 1]", "[0, true]", "seeds[1] to be a whole number"),
        ("[0, 1]", "[0.0]", "seeds[0] to be a whole number"),
        ('["--dataset=digits"]', '"--x"', "flags to be a list of text"),
        ('["--target=tda2"]', "[1]", "targets[0].flags[0] to be text"),
        ("[1.1, 1.25]", "1.15", "targets[0].budgets to be a list of finite"),
        ("[1.1, 1.25]", "[nan]", "targets[0].budgets[0] to be a finite"),
        ("width = 0.5", "width = true", "targets[0].width to be a finite"),
        ('"3x3"', '"3x3"\nmembers = "3"', "contestants[1].members to be a"),
        ("count = 3", "count = 3.0", "ranking.count to be a whole number"),
        ('label = "plain"', "", "ranking.variants[0].label to be text"),
        ('flags = ["--sampling=hard"]', "", "ranking.variants[0].flags to be"),
    ],
)
def test_values_of_another_type_are_told(read, before, after, told):
    assert before in _WHOLE
    with pytest.raises(errors.UserError) as caught:
        read(_WHOLE.replace(before, after))
    assert f"protocol.toml: Expected {told}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_is_no_table(read):
    with pytest.raises(errors.UserError, match="ranking to be a table"):
        read(f"ranking = 3\n{_SMALL}")
    first = _SMALL[: _SMALL.index("[[targets]]")]
    with pytest.raises(errors.UserError, match="targets to be a list of table"):
        read(f"{first}targets = 3\ncontestants = []")


def test_whole_numbers_are_numbers(read):
    found = read(_SMALL.replace("[1.1, 1.25]", "[1, 2]")).targets[0]
    assert found.budgets == (1.0, 2.0)
    assert all(type(budget) is float for budget in found.budgets)


def test_missing_file_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="Expected a protocol at"):
        protocol.read(tmp_path / "none.toml")


def test_less_can_be_asked_for(read):
    found = protocol.only(read(_SMALL), seeds=["1"], contestants=["dw3"])
    assert found.seeds == (1,)
    assert [c.id for c in found.contestants] == ["dw3"]
    assert len(found.targets) == 1


def test_a_ranking_goes_with_its_target(read):
    host = _SMALL[_SMALL.index("[[targets]]") : _SMALL.index("[[contest")]
    whole = read(_WHOLE + host.replace('name = "tda2"', 'name = "host"'))
    assert protocol.only(whole, targets=["host"]).ranking is None
    assert protocol.only(whole, targets=["tda2"]).ranking == whole.ranking
    assert protocol.only(whole).ranking == whole.ranking


def test_unknown_part_is_told(read):
    with pytest.raises(errors.UserError, match="contestant"):
        protocol.only(read(_SMALL), contestants=["dw4"])
