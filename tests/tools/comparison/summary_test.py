"""The figures of a comparison, by contestant and budget."""

import csv
import random

import pytest

from ednas_tf import errors
from tests.tools.comparison import example
from tools.comparison import summary


def _cells(path):
    with open(path, encoding="utf-8") as file:
        return {
            (row["target"], row["level"], row["contestant"]): row
            for row in csv.DictReader(file)
        }


def test_no_rows_are_a_mistake():
    with pytest.raises(errors.UserError, match="at least one finished run"):
        summary.compare([], example.protocol())


def test_a_reference_that_is_not_known_is_a_mistake():
    with pytest.raises(errors.UserError, match="Did you mean 'two_paths'"):
        summary.compare([example.row()], example.protocol(reference="two"))


def test_budgets_are_in_the_order_of_targets_and_levels():
    found = summary.compare(example.full(1), example.protocol()).budgets
    assert [budget.name for budget in found][:4] == [
        "tda2 1,385 us",
        "tda2 2,410 us",
        "tda2 5,120 us",
        "host 180 us",
    ]


def test_the_order_in_which_runs_end_changes_no_table():
    first, *rows = example.full(2)
    mixed = [first, *random.Random(3).sample(rows, len(rows))]
    protocol = example.protocol()
    known = summary.compare([first, *rows], protocol)
    assert summary.compare(mixed, protocol).runs == known.runs


def test_a_pool_has_the_runs_of_its_budgets_and_as_many_seeds():
    found = summary.compare(example.full(), example.protocol())
    pools = [
        found.difference("dw3", **where)
        for where in ({}, {"target": "host"}, {"budget": found.budgets[0]})
    ]
    assert [pool.runs for pool in pools] == [18, 9, 3]
    assert [pool.seeds for pool in pools] == [3, 3, 3]


def test_the_csv_tells_a_cell(tmp_path):
    rows = [
        example.row("two_paths", 0.50, 0),
        example.row("two_paths", 0.54, 1),
        example.row("dw3", 0.49, 0, file_us=1.0),
        example.row("dw3", 0.51, 1, file_us=2e3),
    ]
    summary.write_csv(rows, example.protocol(), tmp_path / "cells.csv")
    found = _cells(tmp_path / "cells.csv")["tda2", "1", "dw3"]
    assert float(found["accuracy_int8_mean"]) == pytest.approx(50)
    assert float(found["accuracy_int8_sd"]) == pytest.approx(2**0.5)
    assert float(found["difference_mean"]) == pytest.approx(-2)
    assert (found["difference_seeds"], found["positive"]) == ("2", "0")
    assert found["within_budget"] == "0.5"
    assert float(found["budget_used"]) == pytest.approx(1000.5 / 1385)


def test_the_csv_leaves_cells_without_rows_out(tmp_path):
    summary.write_csv([example.row()], example.protocol(), tmp_path / "a.csv")
    assert [*_cells(tmp_path / "a.csv")] == [("tda2", "1", "two_paths")]


def test_the_csv_says_why_there_is_no_p(tmp_path):
    rows = [example.row(), example.row("dw3")]
    summary.write_csv(rows, example.protocol(), tmp_path / "a.csv")
    found = _cells(tmp_path / "a.csv").values()
    told = {row["contestant"]: row["no_p_because"] for row in found}
    assert told["two_paths"] == "the reference"
    assert told["dw3"] == told["best_fixed"] == "one seed"
