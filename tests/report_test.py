"""The report command: what it reads, what it writes, what it refuses."""

import pytest

from ednas_tf import report, runs
from tests import commands
from tests.reporting import made_runs


@pytest.fixture
def three(tmp_path):
    """Returns the folder of three runs that differ by their seed."""
    for seed, int8 in enumerate((0.8, 0.9, 1.0)):
        made_runs.write(tmp_path / f"seed{seed}", seed, int8)
    return tmp_path


def _report(*flags):
    return commands.run(report, *map(str, flags))


def _files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_one_run_gets_a_page_and_a_card(three):
    folder = three / "seed0"
    code, printed, told = _report(f"--workdir={folder}")
    assert (code, told) == (0, [])
    assert (folder / runs.REPORT).read_text().startswith("<!DOCTYPE html>")
    assert "## Model details" in (folder / runs.CARD).read_text()
    assert str(folder / runs.REPORT) in printed


def test_report_is_renewed_and_an_edited_card_is_not(three):
    folder = three / "seed0"
    _report(f"--workdir={folder}")
    for name in (runs.REPORT, runs.CARD):
        (folder / name).write_text((folder / name).read_text() + "mine\n")
    code, printed, _ = _report(f"--workdir={folder}")
    assert code == 0 and "was edited" in printed
    assert "mine" not in (folder / runs.REPORT).read_text()
    assert "mine" in (folder / runs.CARD).read_text()


def test_pattern_of_runs_gives_a_comparison(three):
    out = three / "out"
    (three / "seed9").mkdir()
    code, _, told = _report(f"--runs={three}/seed*", f"--workdir={out}")
    assert (code, told) == (0, [])
    assert _files(out) == [runs.REPORT]
    page = (out / runs.REPORT).read_text()
    assert "Comparison of 3 runs" in page and "90.00 ± 10.00" in page


def test_run_that_is_named_twice_counts_once(three):
    out = three / "out"
    names = f"{three}/seed0,{three}/seed1,{three}/seed*"
    _report(f"--runs={names}", f"--workdir={out}")
    assert "Comparison of 3 runs" in (out / runs.REPORT).read_text()


def test_sweep_stands_for_its_points(tmp_path):
    for name in ("memory_9pct", "memory_10pct"):
        made_runs.write(tmp_path / runs.POINTS / name)
    (tmp_path / runs.POINTS / "infeasible").mkdir()
    code, _, told = _report(f"--workdir={tmp_path}")
    assert (code, told) == (0, [])
    page = (tmp_path / runs.REPORT).read_text()
    assert "Comparison of 2 runs" in page


def test_dry_run_writes_nothing(three):
    before = commands.snapshot(three)
    given = (f"--runs={three}/seed*", f"--workdir={three}/out", "--dry_run")
    code, printed, _ = _report(*given)
    assert code == 0
    assert f"read       {three}/seed1" in printed
    assert f"write      {three}/out/{runs.REPORT}" in printed
    assert commands.snapshot(three) == before
    assert not (three / "out").exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("--workdir={0}/nowhere",), "nowhere, which is not there"),
        (("--workdir={0}",), "Expected a run folder"),
        (("--runs={0}/seed*",), "Expected --workdir beside --runs"),
        (("--runs=", "--workdir={0}/out"), "separated by commas"),
        (("--runs={0}/x*", "--workdir={0}/out"), "Found: none"),
        (("--runs={0}/x", "--workdir={0}/out"), "x, which is not there"),
        (("--runs={0}/seed1", "--workdir={0}/seed0"), "of its own"),
    ],
)
def test_mistake_ends_with_one_line_and_changes_nothing(three, given, expected):
    before = commands.snapshot(three)
    code, printed, told = _report(*(flag.format(three) for flag in given))
    assert (code, printed) == (1, "")
    assert len(told) == 1 and expected in told[0]
    assert commands.snapshot(three) == before


@pytest.mark.parametrize("name", [runs.METRICS, runs.CONFIG, runs.SEARCH])
def test_broken_file_is_named(three, name):
    (three / "seed1" / name).write_text("{")
    code, _, told = _report(f"--runs={three}/seed*", f"--workdir={three}/out")
    assert code == 1 and len(told) == 1
    assert str(three / "seed1" / name) in told[0]
    assert not (three / "out").exists()


def test_page_of_somebody_else_is_not_replaced(three):
    out = three / "out"
    out.mkdir()
    (out / runs.REPORT).write_text("<html>mine")
    given = (f"--runs={three}/seed*", f"--workdir={out}")
    code, _, told = _report(*given)
    assert code == 1 and "not a report of ours" in told[0]
    assert (out / runs.REPORT).read_text() == "<html>mine"
    assert _report(*given, "--overwrite")[0] == 0
