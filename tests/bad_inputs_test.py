"""Bad inputs are refused: one line that names them, and no file changes.

`tools/bad_inputs.py` tries more of them, and as processes of their own.
"""

import collections
import pathlib
import subprocess
import sys

import pytest
from absl import flags

from ednas_tf.config import commands
from tests import bad_inputs
from tests.bad_inputs import running
from tests.bad_inputs.cases import Case

_SEED = 0
_FEW, _MANY = 40, 400


def test_every_flag_and_every_command_has_its_turn():
    cases = bad_inputs.all_cases(_SEED)
    subjects = {case.subject for case in cases}
    for module, members in flags.FLAGS.flags_by_module_dict().items():
        if module.startswith("ednas_tf.config."):
            assert {f"--{flag.name}" for flag in members} <= subjects
    assert {case.command for case in cases} == set(commands.COMMANDS)


def test_two_hundred_cover_every_subject():
    chosen = bad_inputs.chosen(200, _SEED)
    everything = {case.subject for case in bad_inputs.all_cases(_SEED)}
    assert len({str(case) for case in chosen}) == 200
    assert {case.subject for case in chosen} == everything


def test_seed_decides_on_the_cases():
    first, again = (list(map(str, bad_inputs.chosen(50, 3))) for _ in "ab")
    assert first == again
    assert first != list(map(str, bad_inputs.chosen(50, 4)))


def test_what_is_accepted_is_told(finished):
    case = Case("--seed", "1", "lut", ("--action=show",), ("seed",))
    call = collections.namedtuple("Call", "code told")
    found = running.faults(case, finished, lambda *_: call(0, ""))
    assert [text.partition(":")[0] for text in found] == [
        "exit code 0, not (1,)",
        "0 lines of error",
    ]


def test_changed_file_is_told(finished):
    def spoil(room):
        spoil.room = room

    def call(*_):
        (spoil.room / "run/train.csv").write_text("")
        return 1, "error: --seed"

    case = Case("--seed", "1", "lut", (), ("seed",), spoil)
    assert running.faults(case, finished, call) == ["run/train.csv changed"]


def test_some_bad_inputs_are_refused(finished):
    _all_refused(bad_inputs.chosen(_FEW, _SEED), finished)


@pytest.mark.slow
def test_many_bad_inputs_are_refused(finished):
    _all_refused(bad_inputs.chosen(_MANY, _SEED + 1), finished)


def _all_refused(cases, source):
    found = {str(case): running.faults(case, source) for case in cases}
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.slow
def test_the_tool_starts_processes(finished):
    given = (f"--source={finished}", "--only=flagfile", "--count=2")
    done = subprocess.run(
        [sys.executable, "tools/bad_inputs.py", *given, "--processes"],
        capture_output=True,
        text=True,
        cwd=pathlib.Path(__file__).parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 bad inputs" in done.stdout
