"""A run among those of its sweep, and within its space."""

import pytest

from ednas_tf import runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import alternatives
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_cost_lies_within_the_space(whole):
    (span,) = alternatives.of_space(whole)
    # 1234 and the budget of 2000, from 1000 to 3000.
    assert span.place == pytest.approx(0.117)
    assert span.budget == pytest.approx(0.5)


def test_point_is_shown_among_those_of_its_sweep(tmp_path):
    folder = tmp_path / runs.POINTS / "mine"
    run_folders.write_searched(folder)
    rows = [
        {"point": name, "status": "done", "macs": macs, "int8_accuracy": share}
        for name, macs, share in (("mine", 3e6, 0.9), ("other", 2e6, 0.8))
    ]
    content = {"cost": "macs", "accuracy": "int8_accuracy", "rows": rows}
    runs.Run(tmp_path).write_json(runs.PARETO, {**content, "front": ["mine"]})
    record = records.read(folder)
    assert alternatives.of_sweep(record).count('class="ring"') == 1
    found = [row["point"] for row in alternatives.sweep_rows(record)]
    assert found == ["other", "mine"]
