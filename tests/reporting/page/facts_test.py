"""What the network was made of and tested on."""

import pytest

from ednas_tf import runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import facts
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_data_is_told(whole):
    found = dict(facts.of_data(whole))
    assert found["Dataset"] == "digits" and "16 × 16 × 1" in found["Input"]
    assert found["Tested on"] == "200 examples"
    assert found["Classes"].startswith("10: a, b, c")


def test_precisions_of_several_labels_need_no_table(tmp_path):
    run_folders.write_whole(tmp_path)
    row = {"mean_average_precision": 0.5, "per_class": [0.75, None, 0.25]}
    run_folders.change(tmp_path, runs.METRICS, artifacts={"model.keras": row})
    columns, rows = facts.per_class(records.read(tmp_path))
    assert columns == ["model.keras"]
    assert [row["name"] for row in rows] == ["c", "a", "b"]
