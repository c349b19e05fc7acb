"""Tests of tables and their files."""

import dataclasses
import hashlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.hardware import entries, formats, models, table, targets
from ednas_tf.spaces import Operator, operators

_NUMBERS = st.floats(1e-9, 1e9)
_TEXTS = st.text(max_size=20).filter(str.strip)
_COUNTS = st.integers(1, 4096)


@st.composite
def _entries(draw):
    row = Operator(
        draw(st.sampled_from(entries.OPS)),
        *(draw(_COUNTS) for _ in range(10)),
        draw(st.sampled_from(entries.ACTIVATIONS)),
    )
    return entries.Entry(
        row,
        draw(st.sampled_from(sorted(entries.DTYPES))),
        draw(_COUNTS),
        draw(_NUMBERS),
        draw(st.none() | st.floats(0, 1e9)),
        draw(st.none() | _COUNTS),
        draw(st.none() | _NUMBERS),
        draw(st.sampled_from(entries.STATUSES)),
    )


@st.composite
def _tables(draw):
    rows = draw(
        st.lists(_entries(), min_size=1, max_size=3, unique_by=lambda e: e.key)
    )
    return table.Table(
        targets.Device(
            id=draw(_TEXTS),
            device=draw(st.none() | _TEXTS),
            cores=draw(st.none() | _COUNTS),
            power_mw=draw(st.none() | _NUMBERS),
            power_source=draw(_TEXTS),
        ),
        table.Tool(draw(_TEXTS), draw(_TEXTS), draw(st.none() | _TEXTS)),
        table.Provenance(draw(st.sampled_from(table.KINDS)), draw(_TEXTS)),
        tuple(rows),
        draw(st.floats(0, 1e9)),
    )


def _values(space, tda2):
    return json.loads(table.to_json(table.generate(space, tda2)))


@settings(max_examples=30, deadline=None)
@given(_tables())
def test_json_comes_back_the_same(value):
    text = table.to_json(value)
    assert table.from_values(json.loads(text)) == value


@settings(max_examples=30, deadline=None)
@given(_tables())
def test_csv_comes_back_the_same(value):
    text = formats.dump_csv(table.to_values(value))
    assert table.from_values(formats.parse_csv(text)) == value


@pytest.mark.parametrize("name", ["lut.json", "lut.csv"])
def test_a_file_comes_back_the_same(name, space, tda2, tmp_path):
    value = table.generate(space, tda2)
    table.write(value, tmp_path / name)
    assert table.read(tmp_path / name) == value
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_hash_is_that_of_the_json_file(space, tda2, tmp_path):
    value = table.generate(space, tda2)
    table.write(value, tmp_path / "lut.json")
    data = (tmp_path / "lut.json").read_bytes()
    assert value.sha256 == hashlib.sha256(data).hexdigest()


def test_generate_has_every_operator_once(space, tda2):
    value = table.generate(space, tda2)
    wanted = set(operators.fixed_operators(space.skeleton))
    for slot in space.slots:
        for name in slot.operations:
            found = operators.slot_operators(space.skeleton, slot.name, name)
            wanted |= set(found)
    assert {entry.operator for entry in value.entries} == wanted
    assert len(value.entries) == len(wanted)


def test_generate_prices_by_the_model(space, tda2):
    for entry in table.generate(space, tda2).entries:
        expected = models.latency_us(entry.operator, tda2)
        assert entry.latency_us == expected
        assert (entry.dtype, entry.batch) == ("int8", 1)


def test_only_a_model_leaves_operators_out(space):
    value = table.generate(space, targets.load("tda2-paper"))
    assert 0 in {entry.latency_us for entry in value.entries}
    measured = table.Provenance("measured")
    with pytest.raises(errors.UserError, match="latency of 0.*Measure it"):
        dataclasses.replace(value, provenance=measured)


def test_find_is_by_key(space, tda2):
    value = table.generate(space, tda2)
    row = value.entries[3].operator
    assert value.find(row) == value.entries[3]
    assert value.find(dataclasses.replace(row, act="relu")) is None


def test_duplicate_keys_are_named(space, tda2):
    values = _values(space, tda2)
    values["entries"].append(values["entries"][1])
    count = len(values["entries"])
    with pytest.raises(errors.UserError, match=f"2 and {count} have the same"):
        table.from_values(values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "ednas-lut/2"}, "schema ednas-lut/1"),
        ({"unit": {"latency": "ms", "energy": "uJ"}}, "latency in us, always"),
        ({"unit": {"latency": "us"}}, "'energy' in unit"),
        ({"unit": None}, "names with values as unit"),
        ({"target": {}}, "'id' in target"),
        ({"tool": {"name": "x"}}, "'version' in tool"),
        ({"provenance": {"kind": "guessed"}}, "Unknown provenance kind"),
        ({"overhead_us": -1}, "at least 0 as overhead_us"),
        ({"entries": []}, "at least one entry"),
        ({"entries": {}}, "entries as a list"),
        ({"entries": [{}]}, "entry 1: Expected 'op'"),
        ({"model": 1}, "Unknown key of the table"),
    ],
)
def test_a_wrong_head_is_told(change, message, space, tda2):
    with pytest.raises(errors.UserError, match=message):
        table.from_values({**_values(space, tda2), **change})


def test_a_wrong_entry_is_named(space, tda2, tmp_path):
    values = _values(space, tda2)
    values["entries"][2]["latency_us"] = -4
    path = tmp_path / "lut.json"
    path.write_text(json.dumps(values))
    message = r"lut.json: entry 3 \(op=.*\): Expected a number.*-4$"
    with pytest.raises(errors.UserError, match=message):
        table.read(path)


@pytest.mark.parametrize("name", ["lut.json", "lut.csv"])
def test_a_truncated_file_is_one_clear_line(name, space, tda2, tmp_path):
    path = tmp_path / name
    table.write(table.generate(space, tda2), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 30])
    with pytest.raises(errors.UserError, match=name) as caught:
        table.read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["lut.json", "lut.csv"])
def test_noise_is_one_clear_line(name, tmp_path):
    path = tmp_path / name
    noise = random.Random(0).choices("\"'#:,{}[]\n0a", k=1_000_000)
    path.write_text("".join(noise))
    with pytest.raises(errors.UserError, match=name) as caught:
        table.read(path)
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"null", b"[]", b"1"])
def test_files_of_another_kind_are_refused(data, tmp_path):
    path = tmp_path / "lut.json"
    path.write_bytes(data)
    with pytest.raises(errors.UserError, match="lut.json"):
        table.read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(errors.UserError, match="absent.json"):
        table.read(tmp_path / "absent.json")


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "lut.json"
    with path.open("wb") as file:
        file.truncate(65_000_000)
    with pytest.raises(errors.UserError, match="64000000 bytes"):
        table.read(path)


def test_a_folder_that_is_absent_is_named(space, tda2, tmp_path):
    with pytest.raises(errors.UserError, match="absent"):
        table.write(table.generate(space, tda2), tmp_path / "absent/lut.json")
