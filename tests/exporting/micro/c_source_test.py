"""Tests of writing values as C++."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from ednas_tf.exporting.micro import c_source


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("cat", '"cat"'),
        ('say "a\\b"', r'"say \042a\134b\042"'),
        ("what??/", r'"what\077\077/"'),
        ("one\ntwo", r'"one\012two"'),
        ("\u00e9", r'"\303\251"'),
        ("", '""'),
    ],
)
def test_text_is_a_literal_of_plain_letters(value, expected):
    assert c_source.text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1.0f"), (-128, "-128.0f"), (0.5, "0.5f"), (2**40, "1.09951163e+12f")],
)
def test_numbers_are_float_literals(value, expected):
    assert c_source.number(value) == expected


@hypothesis.given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_float(value):
    literal = c_source.number(value)
    assert np.float32(literal.removesuffix("f")) == np.float32(value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("probabilities", "Probabilities"),
        ("score_logits", "ScoreLogits"),
        ("serve:0", "Serve0"),
        ("2 cats?", "Tensor2Cats"),
        ("\u00e9", "Tensor"),
    ],
)
def test_identifiers_are_words_of_letters(name, expected):
    assert c_source.identifier(name) == expected


def test_a_table_has_twelve_integers_in_a_line():
    table = c_source.table(np.arange(14).reshape(2, 7))
    first = "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,\n"
    assert table == "{\n" + first + "    12, 13,\n}"


def test_integers_are_those_of_the_array_that_is_named():
    source = "int other[] = {7};\nint many[2][2] = {{1, -2}, {3, 4}};\n"
    assert c_source.integers(source, "many") == [1, -2, 3, 4]
