"""What a command does about what goes wrong in it."""

import contextlib
import pathlib
import re
import sys
import tempfile

import pytest
from absl import flags

from ednas_tf import errors
from ednas_tf.config import guarding, launch


@pytest.fixture(autouse=True)
def _parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    flags.FLAGS.unparse_flags()
    launch.parse(["search"])


def _told(error, capsys):
    """Returns the exit code and the error's lines where `error` is raised."""

    def main(argv):
        raise error

    code = guarding.guarded(main)(["search"])
    return code, capsys.readouterr().err.splitlines()


def test_fault_of_ours_is_one_line_and_its_traceback_a_file(capsys):
    code, lines = _told(KeyError("gone"), capsys)
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("error: Internal error")
    path = pathlib.Path(re.search(r"with (\S+\.txt)\.", lines[0])[1])
    assert "KeyError: 'gone'" in path.read_text()


def test_fault_of_ours_is_shown_whole_with_verbosity(capsys):
    flags.FLAGS.unparse_flags()
    launch.parse(["search", "--verbosity=1"])
    code, lines = _told(KeyError("gone"), capsys)
    assert code == 1
    assert lines[0].startswith("Traceback")
    assert lines[-1].startswith("error: ")


def test_place_of_a_fault_is_where_ours_called_others(capsys):
    def main(argv):
        errors.unknown_name("flag", "x", 3)

    assert guarding.guarded(main)(["search"]) == 1
    assert "ednas_tf/errors.py, line " in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), MemoryError()]
)
def test_trouble_with_the_machine_is_one_line(error, capsys):
    code, lines = _told(error, capsys)
    assert (code, len(lines)) == (1, 1)
    assert "Internal" not in lines[0]


def test_exit_code_of_the_command_is_passed_on():
    assert guarding.guarded(lambda argv: 3)(["search"]) == 3


def test_exit_code_stays_where_nothing_can_be_told(monkeypatch):
    def main(argv):
        raise errors.DivergenceError("nan")

    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        assert guarding.guarded(main)(["search"]) == 4
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
