"""Charts of a search: every history has its chart."""

import pytest

from ednas_tf import runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import search_charts
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_search_has_its_charts_with_the_budget(whole):
    found = dict(search_charts.of_search(whole))
    assert list(found) == [
        "Loss of the paths and on the validation split",
        "Accuracy",
        "Expected latency",
        "Temperature",
        "Learning rate",
    ]
    assert ">budget<" in found["Expected latency"]
    assert ">path 2<" in next(iter(found.values()))


def test_warmup_is_that_of_the_run_then_of_the_flags(tmp_path):
    run = run_folders.write_searched(tmp_path)
    assert search_charts.warmup_of(records.read(tmp_path)) == 1
    run.write_json(runs.WARMUP, {"epochs": 4})
    assert search_charts.warmup_of(records.read(tmp_path)) == 4
