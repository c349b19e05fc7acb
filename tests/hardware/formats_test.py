"""Tests of JSON and CSV as plain values."""

import json

import pytest

from ednas_tf import errors
from ednas_tf.hardware import formats


def test_csv_head_and_rows():
    text = "# schema: s\n# target.cores: 2\n# a remark\nop,in_h\nadd, 4\n"
    assert formats.parse_csv(text) == {
        "schema": "s",
        "target": {"cores": 2},
        "entries": [{"op": "add", "in_h": 4}],
    }


def test_empty_cells_are_left_out():
    values = formats.parse_csv("op,runs,latency_us\nadd,,0.5\n")
    assert values["entries"] == [{"op": "add", "latency_us": 0.5}]


def test_texts_that_look_like_numbers_stay_texts():
    values = formats.parse_csv("# tool.version: 10\nop\nadd\n")
    assert values["tool"] == {"version": "10"}


def test_spreadsheets_may_put_a_mark_first():
    values = formats.parse_csv("\ufeff# schema: s\r\nop\r\nadd\r\n")
    assert values == {"schema": "s", "entries": [{"op": "add"}]}


@pytest.mark.parametrize("text", ["a\nb", ' "quoted" ', " x", "\u2028", "\x00"])
def test_any_text_survives_the_csv_head(text):
    values = {"tool": {"name": text}, "entries": [{"op": "add"}]}
    assert formats.parse_csv(formats.dump_csv(values)) == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("op,in_h\nadd,1,2\n", "in each column"),
        ("op,in_h\nadd\n", "in each column"),
        ("op,op\nadd,mul\n", "each column once"),
        ('"o\np","o\np"\nadd,mul\n', r"each column once.*'o\\np'"),
        ("# target: tda2\nop\nadd\n", "target.name: value"),
        ('op\n"add\n', "Not CSV"),
        ('# tool.name: "x\nop\nadd\n', "Not JSON"),
    ],
)
def test_broken_csv_is_told(text, message):
    with pytest.raises(errors.UserError, match=message):
        formats.parse_csv(text)


def test_json_has_an_entry_on_each_line():
    values = {"schema": "s", "entries": [{"op": "add"}, {"op": "mul"}]}
    text = formats.dump_json(values)
    assert json.loads(text) == values
    assert '    {"op": "mul"}\n' in text
