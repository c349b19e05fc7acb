"""`python -m ednas_tf` and the help of every command."""

import importlib
import pathlib
import subprocess
import sys

import pytest
from absl import flags

from ednas_tf import __main__ as package
from ednas_tf import __version__
from ednas_tf.config import commands
from ednas_tf.config import help as helping

_ROOT = pathlib.Path(__file__).parents[1]
_OWN = {
    "search": ("search_epochs", "workdir", "dataset", "target", "through"),
    "train": ("architecture", "train_epochs", "workdir", "dry_run"),
    "export": ("formats", "quantize", "bundle", "dry_run"),
    "evaluate": ("simulate", "workdir", "dry_run"),
    "report": ("runs", "workdir", "dry_run"),
    "sweep": ("memory_budgets_kib", "jobs", "workdir", "dry_run"),
    "lut": ("action", "input", "output", "lut", "dry_run"),
}


def called(*arguments):
    """Runs Python on the package as users do."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=_ROOT,
        check=False,
    )


def page(name):
    """Returns the help of a command."""
    module = importlib.import_module(f"ednas_tf.{name}")
    return helping.page(module.__name__, module.__doc__)


def test_every_command_of_the_package_is_listed(capsys):
    assert package.main(["ednas_tf"]) == 0
    shown = capsys.readouterr().out
    for name in _OWN:
        assert f"python -m ednas_tf.{name} " in shown
    assert set(commands.COMMANDS) == set(_OWN)


@pytest.mark.parametrize("asked", ["--help", "-h", "--helpfull"])
def test_help_of_the_package_is_the_list(asked, capsys):
    assert package.main(["ednas_tf", asked]) == 0
    assert "ednas_tf.search" in capsys.readouterr().out


def test_version_is_told(capsys):
    assert package.main(["ednas_tf", "--version"]) == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["serch"], "Did you mean 'search'?"),
        (["search"], "python -m ednas_tf.search"),
        (["--complete"], "Did you mean '--completion'?"),
        (["--completion"], "bash, zsh"),
        (["--completion=fsh"], "bash, zsh"),
        (["search", "--workdir=x"], "at most one"),
        ([""], "Unknown command"),
    ],
)
def test_unknown_command_is_told_in_one_line(arguments, expected, capsys):
    assert package.main(["ednas_tf", *arguments]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert expected in told


def test_the_package_runs_as_a_program():
    assert called("-m", "ednas_tf").returncode == 0
    assert called("-m", "ednas_tf", "serch").returncode == 1


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_help_shows_examples_and_the_flags_of_the_command(name):
    shown = page(name)
    assert f"  python -m ednas_tf.{name} " in shown
    for flag in _OWN[name]:
        assert f"--{flag} " in shown or f"--[no]{flag} " in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_help_leaves_out_what_means_nothing_to_the_command(name):
    for flag in commands.IDLE.get(name, ()):
        assert f"--{flag} " not in page(name)


def test_help_shows_choices_bounds_and_defaults():
    lines = " ".join(page("search").split())
    assert "[gumbel|softmax|hard; default gumbel]" in lines
    assert "[1 to 16; default 2]" in lines
    assert "[8 to 1024]" in lines


def test_flags_stand_in_the_order_of_their_declaration():
    shown = page("search")
    places = [shown.index(f"--{name} ") for name in ("dataset", "batch_size")]
    assert shown.index("--workdir ") < places[0] < places[1]
    assert places[1] < shown.index("--search_epochs ")


def test_full_help_has_every_flag_of_ours_once():
    shown = helping.page("ednas_tf.train", "", full=True).splitlines()
    names = [line.split()[0] for line in shown if line.startswith("  --")]
    for module, members in flags.FLAGS.flags_by_module_dict().items():
        for flag in members if module.startswith("ednas_tf.") else ():
            told = f"--{'[no]' * flag.boolean}{flag.name}"
            assert names.count(told) == 1


@pytest.mark.parametrize("asked", ["--help", "--helpshort", "--helpfull"])
def test_help_that_was_asked_for_is_no_failure(asked):
    done = called("-m", "ednas_tf.lut", asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--action" in done.stdout


def test_reader_that_has_enough_gets_no_traceback():
    command = f"{sys.executable} -m ednas_tf.search --helpfull | head -n 1"
    done = subprocess.run(
        command, shell=True, capture_output=True, cwd=_ROOT, check=False
    )
    assert done.stderr == b""
