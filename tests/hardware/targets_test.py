"""Tests of targets."""

import dataclasses
import json
from importlib import resources

import pytest

from ednas_tf import errors
from ednas_tf.hardware import targets

_TDA2 = resources.files("ednas_tf.hardware").joinpath("targets/tda2.json")


def _changed(**changes):
    values = json.loads(_TDA2.read_text(encoding="utf-8"))
    return json.dumps({**values, **changes})


@pytest.mark.parametrize("name", targets.names())
def test_every_file_is_a_target_of_its_name(name):
    assert targets.load(name).id == name


def test_tda2_is_the_device_of_the_paper():
    target = targets.load("tda2")
    assert (target.core, target.freq_mhz) == ("c66x", 1000)
    assert (target.rules, target.status) == ("tidl-c66x-eve", "modelled")
    assert "[U]" in target.sources["freq_mhz"]
    assert target.power_mw is None


def test_an_unknown_target_is_told_with_the_nearest():
    with pytest.raises(errors.UserError, match="mean 'tda2'"):
        targets.load("tda4")


def test_a_name_cannot_leave_the_folder():
    with pytest.raises(errors.UserError, match="Unknown target"):
        targets.load("../targets/tda2")


def test_the_clock_can_be_replaced(tda2):
    assert dataclasses.replace(tda2, freq_mhz=750).freq_mhz == 750


def test_head_is_what_a_table_says_about_the_device(tda2):
    head = tda2.head()
    assert type(head) is targets.Device
    assert (head.id, head.cores, head.freq_mhz) == ("tda2", 2, 1000)


def test_a_file_of_the_user_is_read(tmp_path):
    path = tmp_path / "mine.json"
    sources = dict.fromkeys(("cores", "freq_mhz", "overhead_us"), "me")
    sources["power_mw"] = "meter"
    path.write_text(_changed(id="mine", power_mw=444, sources=sources))
    assert targets.read(path).power_source == "meter"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "ednas-target/9"}, "schema ednas-target/1"),
        ({"freq_mhz": -1}, "positive number as target freq_mhz"),
        ({"freq_mhz": None}, "positive number as target freq_mhz"),
        ({"cores": 1.5}, "whole number"),
        ({"power_mw": 444}, "text as source of power_mw"),
        ({"power_source": "me"}, "in sources"),
        ({"overhead_us": "none"}, "as target overhead_us"),
        ({"status": "guessed"}, "Unknown target status"),
        ({"confidence": "total"}, "Unknown target confidence"),
        ({"frequency": 5}, "Unknown key of the target"),
        ({"sources": {}}, "text as source of cores"),
        ({"sources": "paper"}, "names with values as sources"),
        ({"cycles": {"conv": []}}, "mean 'conv2d'"),
        ({"cycles": {"conv2d": []}}, "list of terms"),
        ({"cycles": {"conv2d": [{"source": "me"}]}}, "positive number as cyc"),
        ({"cycles": {"conv2d": [{"per_mac": 1}]}}, "text as source"),
        ({"id": ""}, "text as target id"),
    ],
)
def test_every_field_is_checked(change, message):
    with pytest.raises(errors.UserError, match=f"x.json: .*{message}"):
        targets.from_json(_changed(**change), "x.json")


def test_a_target_without_power_source_is_refused():
    with pytest.raises(errors.UserError, match="power_source"):
        targets.Device(id="mine", power_mw=100)


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", '"tda2"'])
def test_other_files_are_refused(text):
    with pytest.raises(errors.UserError, match=r"^x.json: "):
        targets.from_json(text, "x.json")
