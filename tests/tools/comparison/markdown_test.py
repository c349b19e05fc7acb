"""A comparison as Markdown."""

import pytest

from ednas_tf import errors
from tests.tools.comparison import example
from tools.comparison import markdown


def test_the_table_is_one_block_of_equal_lines():
    lines = markdown.table(example.full(), example.protocol()).splitlines()
    assert len(lines) == 2 + len(example.LABELS) + 3
    assert {line.count("|") for line in lines} == {13}


def test_the_best_of_a_column_is_bold():
    rows = [example.row("two_paths", 0.5), example.row("dw3", 0.6)]
    lines = markdown.table(rows, example.protocol()).splitlines()
    assert "| 50.00 |" in lines[2]
    assert "| **60.00** |" in lines[-1]


def test_a_label_cannot_break_the_table():
    labels = {"two_paths": "a | b *c*\nd"}
    shown = markdown.table([example.row()], example.protocol(labels=labels))
    assert shown.splitlines()[2].startswith(r"| a \| b \*c\* d | **70.00** |")


def test_details_hold_float_accuracies_and_a_test_for_each_budget():
    shown = markdown.details(example.full(), example.protocol())
    assert "Accuracy of the float networks" in shown
    for name in ("all targets and budgets", "host", "tda2 5,120 us"):
        assert f"\n{name}: int8 accuracy minus that of" in shown


def test_the_note_is_one_line():
    assert markdown.note([example.row()], example.protocol()).count("\n") == 1


@pytest.mark.parametrize("tell", [markdown.table, markdown.details])
def test_a_comparison_with_one_row_is_told(tell):
    assert "70.00" in tell([example.row("dw3")], example.protocol())


@pytest.mark.parametrize("tell", [markdown.table, markdown.details])
def test_no_rows_are_a_mistake(tell):
    with pytest.raises(errors.UserError):
        tell([], example.protocol())
