"""Tests of `tools/compare.py`, whole, on digits."""

import csv
import os
import pathlib
import subprocess
import sys

import pytest

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
width_share = 0.9
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


def test_mistakes_are_told_in_one_line(tmp_path):
    told = _compare(tmp_path, "--protocol=none.toml")
    assert told.returncode == 1
    expected = "error: Expected a protocol at none.toml. No such file"
    assert told.stderr.startswith(expected)
    assert told.stderr.count("\n") == 1


def _results(folder):
    return (folder / "out" / "jobs").glob("*/result.json")
