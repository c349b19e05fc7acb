"""What a reader sees first: figures, budgets, and how sure they are."""

import pytest

from ednas_tf.reporting import records
from ednas_tf.reporting.page import headlines
from tests.reporting import run_folders


def record(**values):
    fields = {"search": {"status": "modelled", **values}}
    return records.Record("folder", "name", **fields)


def test_interval_is_that_of_wilson():
    # Brown, Cai and DasGupta (2001): 0 and 10 of 10 give 0.278 as an end.
    low, high = headlines.interval(0.0, 10)
    assert low == pytest.approx(0, abs=1e-9)
    assert high == pytest.approx(0.2775, abs=1e-3)
    assert headlines.interval(1.0, 10)[0] == pytest.approx(1 - high)


def test_budget_is_told_beside_its_figure():
    cell = {"budget": 4096.0, "met": True}
    found = headlines.figures(
        record(budgets={"memory_bytes": cell}, costs={"memory_bytes": 2048.0})
    )
    (figure,) = found
    assert (figure.value, figure.unit) == ("2", "KiB")
    assert figure.budget.startswith("4") and figure.met is True
    assert figure.share == 0.5


@pytest.mark.parametrize(
    ("met", "told"),
    [
        ([True, True], "All 2 budgets met: latency, energy"),
        ([True, False], "1 of 2 budgets missed: energy"),
        ([True], "The budget is met: latency"),
        ([], "No budget was set"),
    ],
)
def test_verdict(met, told):
    names = ("latency_us", "energy_uj")
    cells = {
        name: {"budget": 1.0, "met": one}
        for name, one in zip(names, met, strict=False)
    }
    found = headlines.verdict(record(budgets=cells))
    assert found["text"] == told
    assert found["met"] == (all(met) if met else None)


def test_uncertainty_is_of_counted_examples(tmp_path):
    run_folders.write_whole(tmp_path)
    whole = records.read(tmp_path)
    told = headlines.uncertainty(whole, run_folders.INT8)
    # Wilson for 181 of 200.
    assert told.replace("\N{NO-BREAK SPACE}", " ") == "85.6 to 93.8 %"
    assert headlines.uncertainty(whole, "unknown") is None
