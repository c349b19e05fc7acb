"""Two processes never write into one run folder."""

import gc
import subprocess
import sys

import pytest

from ednas_tf import errors, runs
from ednas_tf.runs import claims

_HOLD = (
    "import sys; from ednas_tf.runs import claims\n"
    "held = claims.claim(sys.argv[1])\n"
    "print('ready', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def other(tmp_path):
    """Another process that works in `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.communicate()


def test_folder_of_another_process_is_refused(tmp_path, other):
    with pytest.raises(errors.UserError, match="to be idle"):
        runs.Run(tmp_path).open("search", {}, overwrite=True)
    assert list(tmp_path.iterdir()) == []


def test_folder_of_a_killed_process_is_free(tmp_path, other):
    other.kill()
    other.wait()
    runs.Run(tmp_path).open("search", {})


def test_half_a_file_of_another_process_stays(tmp_path, other):
    partial = tmp_path / f"partial-{runs.MODEL}"
    partial.write_text("ha")
    runs.Run(tmp_path).replaced("evaluate", {}, [])
    assert partial.read_text() == "ha"


def test_half_a_file_of_nobody_is_deleted(tmp_path):
    partial = tmp_path / f"partial-{runs.MODEL}"
    partial.write_text("ha")
    runs.Run(tmp_path).replaced("evaluate", {}, [])
    assert not partial.exists()


def test_one_process_may_open_a_folder_again(tmp_path):
    first, second = runs.Run(tmp_path), runs.Run(tmp_path)
    first.open("search", {})
    second.open("train", {})


def test_a_claim_ends_with_its_last_owner(tmp_path):
    claims.claim(tmp_path)
    gc.collect()
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)
