"""Rows of a comparison: what is written comes back; mistakes are told."""

import pytest

from ednas_tf import errors
from tests.tools.comparison import example
from tools.comparison import rows


def test_rows_come_back_as_they_were(tmp_path):
    known = example.full(seeds=1)
    rows.write(known, tmp_path / "a.csv")
    assert rows.read(tmp_path / "a.csv") == known


def test_columns_are_those_of_the_format(tmp_path):
    rows.write([example.row()], tmp_path / "a.csv")
    first, second = (tmp_path / "a.csv").read_text().splitlines()
    assert first == (
        "target,budget_us,level,contestant,seed,member,operations,width,"
        "channels,latency_us,file_us,measured_us,accuracy,accuracy_int8,"
        "validation,search_cpu_s,train_cpu_s,macs,params,code"
    )
    assert second == "tda2,1385.0,1,two_paths,0,0,,,,,,,0.7,0.7,,,,,,"


def test_empty_cells_are_none_and_texts_stay_texts(tmp_path):
    rows.write([example.row()], tmp_path / "a.csv")
    (row,) = rows.read(tmp_path / "a.csv")
    assert (row.channels, row.macs, row.width) == ("", None, None)


@pytest.mark.parametrize("text", ["nan", "inf", "many", "1e999"])
def test_a_cell_that_is_no_number_is_told(tmp_path, text):
    path = tmp_path / "a.csv"
    rows.write([example.row(latency_us=77.5)], path)
    path.write_text(path.read_text().replace("77.5", text))
    with pytest.raises(errors.UserError, match=f"latency_us.*'{text}'"):
        rows.read(path)


def test_a_required_cell_may_not_be_empty(tmp_path):
    path = tmp_path / "a.csv"
    rows.write([example.row()], path)
    path.write_text(path.read_text().replace("1385.0", ""))
    with pytest.raises(errors.UserError, match="budget_us"):
        rows.read(path)


def test_columns_that_are_missing_are_told(tmp_path):
    (tmp_path / "a.csv").write_text("target,level\ntda2,1\n")
    with pytest.raises(errors.UserError, match="Missing or unknown: accuracy"):
        rows.read(tmp_path / "a.csv")


def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="missing"):
        rows.read(tmp_path / "a.csv")


def test_one_run_may_not_be_there_twice():
    with pytest.raises(errors.UserError, match="Received two for tda2"):
        rows.check([example.row(), example.row(accuracy=0.1)])


def test_a_level_has_one_budget():
    found = [example.row(), example.row(seed=1, budget_us=9.0)]
    with pytest.raises(errors.UserError, match="1385 and 9 us"):
        rows.check(found)


def test_percent_is_no_share():
    with pytest.raises(errors.UserError, match="Divide percent by 100"):
        rows.check([example.row(accuracy=70.0)])
