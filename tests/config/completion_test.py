"""Completion as real shells do it: modules, flags, values, and others' words.

The words are typed into a shell of its own, TAB is pressed where it can be.
"""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import time

import pytest

from ednas_tf import errors
from ednas_tf.config import commands, completion

_TRY = """
source {script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_ednas_tf_complete python "${{COMP_WORDS[COMP_CWORD]}}"
printf "%s\\n" "${{COMPREPLY[@]}}"
"""
_ENOUGH = 10


@pytest.fixture(scope="module")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    for shell in completion.SHELLS:
        (folder / shell).write_text(completion.script(shell))
    return folder


@pytest.fixture
def offered(scripts):
    """Function of words that returns what bash offers for the last one."""

    def complete(words, before=""):
        code = before + _TRY.format(script=scripts / "bash", words=words)
        done = subprocess.run(
            ["bash", "--norc", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=pathlib.Path(__file__).parents[2],
        )
        assert done.stderr == ""
        return done.stdout.split()

    return complete


def test_every_command_is_offered_after_m(offered):
    names = [f"ednas_tf.{name}" for name in commands.COMMANDS]
    assert offered("python -m ednas") == names


def test_flags_of_the_command_are_offered(offered):
    assert offered("python3 -m ednas_tf.search --latency_b") == [
        "--latency_budget_us="
    ]
    assert offered("python -m ednas_tf.lut --latency_b") == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--sampling =", ["gumbel", "softmax", "hard"]),
        ("--sampling = g", ["gumbel"]),
        ("--sampling=g", ["--sampling=gumbel"]),
        ("--flagfile = dem", ["demo.flags"]),
        ("--workdir = pyproj", ["pyproject.toml"]),
    ],
)
def test_values_are_offered_however_the_shell_cuts_words(
    offered, words, expected
):
    assert offered(f"python -m ednas_tf.search {words}") == expected


def test_other_lines_are_left_to_what_completed_them_before(offered):
    before = "_theirs() { COMPREPLY=(theirs); }; complete -F _theirs python;"
    assert offered("python script", before) == ["theirs"]
    assert offered("python -m json.t", before) == ["theirs"]


def test_shell_that_is_not_known_is_told():
    with pytest.raises(errors.UserError, match="fish"):
        completion.script("fish")


def test_tab_in_bash_writes_out_the_flag(scripts):
    typed = f"source {scripts / 'bash'}\npython -m ednas_tf.tr\t--lab\t"
    shown = _typed(["bash", "--norc", "--noprofile"], typed, "label_smoothing=")
    assert "python -m ednas_tf.train --label_smoothing=" in shown


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_tab_in_zsh_writes_out_the_value(scripts):
    start = "autoload -Uz compinit && compinit -u -D\n"
    typed = (
        f"{start}source {scripts / 'zsh'}\npython -m ednas_tf.tr\t--in\tsea\t"
    )
    # What stood there before TAB is not shown again.
    assert "rched" in _typed(["zsh", "-f"], typed, "rched")


def _typed(command, text, awaited):
    """Types into a shell of a terminal and returns what it shows."""
    terminal, inner = pty.openpty()
    shell = subprocess.Popen(
        command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True
    )
    shown, ends = "", time.monotonic() + _ENOUGH
    try:
        for line in text.splitlines(keepends=True):
            os.write(terminal, line.encode())
            time.sleep(0.5)
        while awaited not in shown and time.monotonic() < ends:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536).decode(errors="replace")
    finally:
        shell.kill()
        shell.wait()
        os.close(terminal)
        os.close(inner)
    return shown
