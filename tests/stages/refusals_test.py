"""What is refused late must leave the run as it was."""

import pathlib
import shutil

import pytest

from ednas_tf import runs, search, train
from tests import commands
from tests.bad_inputs.cases import SMALL


@pytest.fixture
def copied(finished, tmp_path):
    return pathlib.Path(shutil.copytree(finished, tmp_path / "run"))


def refused(command, folder, *arguments):
    """Returns the error of a command that must not change a folder."""
    before = commands.snapshot(folder)
    given = (*SMALL, f"--workdir={folder}", *arguments)
    code, _, told = commands.run(command, *given)
    assert (code, len(told)) == (1, 1)
    assert commands.snapshot(folder) == before
    return told[0]


def test_weights_that_are_gone_do_not_cost_the_trained_network(copied):
    (copied / runs.SEARCHED).unlink()
    given = ("--init=searched", "--overwrite")
    assert runs.SEARCHED in refused(train, copied, *given)


def test_weights_that_were_changed_are_refused(copied):
    weights = copied / runs.SEARCHED
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    told = refused(train, copied, "--init=searched", "--overwrite")
    assert "SHA-256" in told
    assert runs.SEARCHED in told


def test_flags_that_training_refuses_do_not_become_those_of_the_run(copied):
    assert "--train_epochs was 2" in refused(search, copied, "--train_epochs=3")


def test_warm_up_that_was_changed_is_refused(copied, tmp_path):
    weights = copied / runs.WARMED_UP
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    new = tmp_path / "new"
    told = refused(search, new, f"--warmup_from={copied}")
    assert "SHA-256" in told
    assert commands.snapshot(new) == {}


def test_warm_up_of_its_own_is_needed_to_end_with_it(tmp_path):
    given = ("--through=warmup", "--warmup_epochs=0")
    assert "--warmup_epochs" in refused(search, tmp_path, *given)


def test_folder_of_images_needs_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = refused(search, tmp_path, "--dataset=folder:")
    assert "--dataset=folder:DIR" in told
