"""Tests that a broken further training goes on as if nothing had been."""

import subprocess
import sys

import pytest

from ednas_tf import runs
from tests.exporting.optimization import broken_training

_DEATHS = ("compress2", "qat1")


class _BreakError(Exception):
    """Stands for whatever ends a process."""


def _breaking(death):
    def breaks(name, epoch):
        if f"{name}{epoch}" == death:
            raise _BreakError

    return breaks


def test_it_goes_on_to_the_same_file(tmp_path):
    whole, broken = (runs.Run(tmp_path / name) for name in ("a", "b"))
    expected = broken_training.export(whole, "cluster", _breaking(None))
    for death in _DEATHS:
        with pytest.raises(_BreakError):
            broken_training.export(broken, "cluster", _breaking(death))
    received = broken_training.export(broken, "cluster", _breaking(None))
    assert received == expected


def test_what_is_done_is_not_trained_again(tmp_path):
    run, places = runs.Run(tmp_path), []
    for _ in range(2):
        broken_training.compress(run, "prune", lambda *p: places.append(p))
    assert places == [("compress", epoch) for epoch in range(3)]


@pytest.mark.slow
def test_a_killed_process_goes_on_to_the_same_bytes(tmp_path):
    name = broken_training.__name__
    for folder, deaths in (("a", [""]), ("b", [*_DEATHS, ""])):
        for death in deaths:
            command = [sys.executable, "-m", name, tmp_path / folder, "prune"]
            ended = subprocess.run([*command, death], capture_output=True)
            assert ended.returncode == (-9 if death else 0), ended.stderr
    files = [tmp_path / folder / broken_training.FILE for folder in "ab"]
    assert files[0].read_bytes() == files[1].read_bytes()
