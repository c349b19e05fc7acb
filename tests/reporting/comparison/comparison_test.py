"""The page of several runs."""

import dataclasses
import html
import json
import re

import pytest

from ednas_tf import runs
from ednas_tf.reporting import comparison, records
from tests.reporting import made_runs

_FETCHED = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(https?:|//)""")


def _page(known, folder="/out"):
    return comparison.text(known, folder)


@pytest.fixture(scope="module")
def seeds():
    accuracies = (0.8, 0.9, 1.0)
    return [
        made_runs.record(f"s{seed}", seed, int8)
        for seed, int8 in enumerate(accuracies)
    ]


def test_page_tells_mean_and_deviation_of_seeds(seeds):
    page = _page(seeds)
    assert "90.00 ± 10.00" in page
    assert "80.00 to 100.00" in page
    assert 'id="seeds"' in page


def test_page_without_equal_settings_has_no_spread():
    known = [
        made_runs.record(name, config=made_runs.config(width=width))
        for name, width in (("a", 1.0), ("b", 0.5))
    ]
    page = _page(known)
    assert 'id="seeds"' not in page
    assert ">width</th>" in page


def test_page_fetches_nothing_and_runs_nothing(seeds):
    page = _page(seeds)
    assert not _FETCHED.search(page)
    assert "<script" not in page


def test_hostile_names_are_shown_as_they_are():
    bad = made_runs.HOSTILE
    known = [
        made_runs.record(name, config=made_runs.config(lut=lut))
        for name, lut in ((bad.replace("/", ""), bad), ("b", "b"))
    ]
    page = _page(known)
    assert "<script" not in page
    assert html.escape(bad, quote=True).split("\n")[0] in page


def test_link_leads_to_the_page_of_a_run(tmp_path):
    first = made_runs.write(tmp_path / "a b", REPORT="<html>")
    second = made_runs.write(tmp_path / "c", seed=1)
    known = [records.read(run.folder) for run in (first, second)]
    page = _page(known, tmp_path / "out")
    assert 'href="../a%20b/report.html"' in page
    assert "c/report.html" not in page


def test_half_finished_run_is_compared_too(seeds):
    half = dataclasses.replace(seeds[0], name="half", metrics=None, search=None)
    page = _page([*seeds, half])
    assert "Not evaluated yet: 4" in page


def test_runs_with_nothing_in_common_are_compared():
    empty = made_runs.record(metrics=None, search=None, architecture=None)
    assert "Comparison of 2 runs" in _page([empty, empty])


def test_sweep_shows_its_budgets_and_what_failed(tmp_path):
    points = tmp_path / runs.POINTS
    for place, name in enumerate(("x", "y")):
        made_runs.write(points / name, int8=0.8 + place / 10)
    budget = {"memory_budget_bytes": 2048.0, "points": ["x", "y"]}
    content = {
        "accuracy": "int8_accuracy",
        "artifact": "model_int8.tflite",
        "cost": "latency_us",
        "front": ["y"],
        "hypervolume_share": 0.5,
        "reference_point": {"latency_us": 9e3, "source": "the reference"},
        "memory_budgets": [{**budget, "front": ["y"]}],
        "rows": [{"point": "z", "status": "failed", "error": "full <disk>"}],
    }
    (tmp_path / runs.PARETO).write_text(json.dumps(content))
    page = _page([records.read(points / name) for name in ("x", "y")])
    assert "50.00\u00a0%" in page and "2\u00a0KiB" in page
    assert "z: failed (full &lt;disk&gt;)" in page


def test_sweep_without_its_keys_has_no_section(seeds):
    broken = dataclasses.replace(seeds[0], sweep={"rows": [{}]})
    assert 'id="sweep0"' not in _page([broken, seeds[1]])
