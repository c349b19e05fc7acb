"""Tests of CSV that comes from elsewhere."""

import pytest

from ednas_tf import errors
from ednas_tf.untrusted import csv_text


def test_rows_are_dictionaries_of_text():
    rows = csv_text.rows('epoch,loss\n1,0.5\n2,"a\nb"\n')
    assert rows == [
        {"epoch": "1", "loss": "0.5"},
        {"epoch": "2", "loss": "a\nb"},
    ]


def test_nothing_has_no_rows():
    assert csv_text.rows("") == []


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_each_row_has_a_value_for_each_column(row):
    with pytest.raises(errors.UserError, match="2 values in row 1"):
        csv_text.rows(f"a,b\n{row}\n")


def test_a_value_of_endless_length_is_told():
    with pytest.raises(errors.UserError, match="Not CSV"):
        csv_text.rows("a\n" + "x" * 200_000)
