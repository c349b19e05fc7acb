"""The fuzzer finds a reader that breaks, and says how often it has read."""

import pathlib
import subprocess
import sys

import pytest

_ROOT = pathlib.Path(__file__).parents[2]


def _run(*flags):
    return subprocess.run(
        [sys.executable, "tools/fuzz.py", *flags],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_reads_many_files_and_keeps_none_of_a_sound_reader(tmp_path):
    pytest.importorskip("atheris")
    done = _run("--seconds=1", "--target=history", f"--cases={tmp_path}")
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
    assert "files read" in done.stdout


def test_an_unknown_reader_is_told():
    pytest.importorskip("atheris")
    done = _run("--target=nothing")
    assert done.returncode == 1
    assert "Expected one of: architecture" in done.stderr
