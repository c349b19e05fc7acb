"""What tests of several files look at."""

import pytest

from ednas_tf.measuring import operator_models, timing
from tests.bad_inputs import running


class Clock:
    """Stands in for conversion and timing.

    A file is the operator itself, and takes one microsecond for each channel
    of the output, above an overhead.
    """

    def __init__(self):
        self.converted = []
        self.overhead = 2.0

    def convert(self, operator, dtype):
        self.converted.append(operator)
        return operator

    def time_models(self, contents, threads, xnnpack, seconds):
        return [
            timing.Timing(o.out_c - 1.0 + self.overhead, 0.25, 99.0, 60)
            for o in contents
        ]


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """Operators that are measured in no time, kept in a folder of the test."""
    found = Clock()
    monkeypatch.setattr(operator_models, "convert", found.convert)
    monkeypatch.setattr(timing, "time_models", found.time_models)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return found


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Returns the folder of a small run through all stages; not to change."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    running.finished(folder)
    return folder
