"""Tests of `tools/compare.py`, whole, on digits."""

import csv
import os
import pathlib
import subprocess
import sys

import pytest

from tests.tools.comparison import example
from tools.comparison import rows

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_PROTOCOL = """
title = "Digits"
description = "A few digits, one epoch."
seeds = [0]
flags = [
    "--dataset=digits", "--image_size=8", "--max_examples=300",
    "--batch_size=32", "--train_epochs=1",
]
space_flags = ["--stem_kernel=3", "--operations=dw3,dw5"]
search_flags = ["--search_epochs=1", "--warmup_epochs=0"]

[[targets]]
name = "tda2"
flags = ["--target=tda2"]
width = 0.25
budgets = [1.25]

[[contestants]]
id = "two_paths"
label = "two paths"
kind = "search"

[[contestants]]
id = "random"
label = "random"
kind = "random"
members = 3

[[contestants]]
id = "dw5"
label = "5x5 everywhere"
kind = "fixed"
operation = "dw5"

[ranking]
target = "tda2"
level = 1
count = 3

[[ranking.variants]]
label = "plain"
flags = []
"""
_FILES = ("comparison.csv", "comparison.html", "comparison.md", "ranking.md")


def _compare(folder, *more):
    return subprocess.run(
        [sys.executable, str(_ROOT / "tools" / "compare.py"), *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.slow
def test_compares_and_goes_on_where_it_was(tmp_path):
    (tmp_path / "small.toml").write_text(_PROTOCOL)
    given = ("--protocol=small.toml", "--workdir=out")
    first = _compare(tmp_path, *given)
    assert first.returncode == 0, first.stderr
    found = tmp_path / "out" / "small"
    assert all((found / name).stat().st_size for name in _FILES)
    rows = list(csv.DictReader((found / "comparison.csv").open()))
    named = [(row["contestant"], row["member"]) for row in rows]
    expected = [("two_paths", "0"), ("random", "0"), ("random", "2")]
    assert set(expected) <= set(named)
    assert all(float(r["file_us"]) <= float(r["budget_us"]) for r in rows)
    kept = {path: path.stat().st_mtime_ns for path in _results(tmp_path)}
    assert _compare(tmp_path, *given).returncode == 0
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    known = ("--rows=out/small/comparison.csv", "--part=networks")
    other = ("--protocol=small.toml", "--workdir=other", *known)
    assert _compare(tmp_path, *other).returncode == 0
    again = tmp_path / "other" / "small" / "comparison.csv"
    assert again.read_text() == (found / "comparison.csv").read_text()
    assert not list((tmp_path / "other" / "jobs").glob("train-*"))


def test_rows_of_two_machines_become_one_report(tmp_path):
    halves = [
        [example.row(target=target, budget_us=budget, contestant=name)]
        for target, budget, name in (
            ("tda2", 1500.0, "two_paths"),
            ("host", 50.0, "dw3"),
        )
    ]
    for number, half in enumerate(halves):
        rows.write(half, tmp_path / f"{number}.csv")
    given = ("--part=report", "--rows=0.csv,1.csv", "--workdir=out")
    done = _compare(tmp_path, *given)
    assert done.returncode == 0, done.stderr
    joined = tmp_path / "out" / "cifar10" / "comparison.csv"
    assert rows.read(joined) == halves[0] + halves[1]
    assert not list((tmp_path / "out").glob("jobs"))
    assert _compare(tmp_path, *given, "--targets=host").returncode == 0
    part = tmp_path / "out" / "cifar10-part" / "comparison.csv"
    assert rows.read(part) == halves[1]


def test_rows_that_contradict_each_other_are_refused(tmp_path):
    rows.write([example.row(target="tda2", seed=0)], tmp_path / "0.csv")
    told = _compare(tmp_path, "--rows=0.csv,0.csv", "--workdir=out")
    assert told.returncode == 1
    assert told.stderr.startswith("error: Expected one row for each run.")
    assert not (tmp_path / "out").exists()


def test_mistakes_are_told_in_one_line(tmp_path):
    told = _compare(tmp_path, "--protocol=none.toml")
    assert told.returncode == 1
    expected = "error: Expected a protocol at none.toml. No such file"
    assert told.stderr.startswith(expected)
    assert told.stderr.count("\n") == 1


def _results(folder):
    return (folder / "out" / "jobs").glob("*/result.json")
