"""Starting a command: flagfiles are found, mistakes are one line."""

import subprocess
import sys

import pytest
from absl import flags

from ednas_tf import config, errors
from ednas_tf.config import launch


@pytest.fixture(autouse=True)
def _fresh_flags():
    flags.FLAGS.unparse_flags()


def test_flagfile_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    launch.parse(["search", "--flagfile=demo.flags"])
    assert config.from_flags().data.dataset == "digits"


def test_flagfile_of_the_current_folder_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo.flags").write_text("--dataset=cifar10\n")
    launch.parse(["search", "--flagfile=demo.flags"])
    assert config.from_flags().data.dataset == "cifar10"


def test_later_flag_wins_over_the_flagfile():
    launch.parse(["search", "--flagfile=demo.flags", "--search_epochs=7"])
    assert config.from_flags().search.search_epochs == 7


@pytest.mark.parametrize(
    "argument", ["--flagfile=nowhere.flags", "--paths=0", "--no_such=1"]
)
def test_wrong_flag_ends_with_one_line_and_exit_1(argument, capsys):
    with pytest.raises(SystemExit) as stop:
        launch.parse(["search", argument])
    assert stop.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UserError("one\ntwo"), 1),
        (errors.BudgetError("low"), 3),
        (errors.DivergenceError("nan"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_mistakes_become_exit_codes_and_one_line(error, code, capsys):
    def main(argv):
        raise error

    assert launch.guarded(main)(["search"]) == code
    assert capsys.readouterr().err.count("\n") == 1


def test_argument_that_is_no_flag_is_refused(capsys):
    assert launch.guarded(lambda argv: 0)(["search", "digits"]) == 1
    assert "digits" in capsys.readouterr().err


def test_ctrl_c_before_the_command_begins_is_one_line():
    # Flags are parsed outside of what guards a command.
    script = (
        "import signal; from ednas_tf import config\n"
        "from ednas_tf.config import checking\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "checking.check = lambda: signal.raise_signal(signal.SIGINT)\n"
        "config.start(lambda argv: 0)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)
