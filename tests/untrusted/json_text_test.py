"""Tests of JSON that comes from elsewhere."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.untrusted import json_text

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_VALUES)
def test_values_come_back_as_json_wrote_them(values):
    text = json.dumps(values)
    assert json_text.parse(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "{'a'}", "\ufeff{}"])
def test_what_is_no_json_is_told_in_one_line(text):
    with pytest.raises(errors.UserError, match="Not JSON") as caught:
        json_text.parse(text)
    assert "\n" not in str(caught.value)


def test_a_key_that_comes_twice_is_refused():
    with pytest.raises(errors.UserError, match="key 'a' comes twice"):
        json_text.parse('[{"b": {"a": 1, "c": 2, "a": 3}}]')


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_are_finite(word):
    with pytest.raises(errors.UserError, match="Expected finite numbers"):
        json_text.parse(f'{{"a": [{word}]}}')


def test_infinity_may_stand_where_a_reader_knows_it():
    assert json_text.parse("Infinity", nonfinite=True) == math.inf


@pytest.mark.parametrize("digits", ["9" * 19, "-" + "9" * 19, "9" * 5000])
def test_a_whole_number_fits_a_machine_word(digits):
    with pytest.raises(errors.UserError, match="up to 18 digits"):
        json_text.parse(f"[{digits}]")


def test_levels_are_bounded():
    assert json_text.parse("[" * 32 + "]" * 32)
    with pytest.raises(errors.UserError, match="nested too deeply"):
        json_text.parse("[" * 33 + "]" * 33)


def test_half_a_character_is_refused_and_a_pair_is_not():
    assert json_text.parse(r'"\ud83d\ude00"') == "\U0001f600"
    with pytest.raises(errors.UserError, match="half a character"):
        json_text.parse(r'{"a": "\ud83d"}')


def test_a_mapping_is_asked_for():
    assert json_text.mapping('{"a": 1}') == {"a": 1}
    with pytest.raises(errors.UserError, match="Received: list"):
        json_text.mapping("[1]")
