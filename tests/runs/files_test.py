"""Files that are whole or not there, and mistakes told in one line."""

import subprocess
import sys

import pytest

from ednas_tf import errors, runs


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    run = runs.Run(tmp_path)
    run.write_text("a.txt", "old")
    code = (
        "import os, sys; from ednas_tf import runs; "
        "os.fsync = lambda _: os._exit(9); "
        "runs.write_text(sys.argv[1], 'new')"
    )
    path = str(run.path("a.txt"))
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == 9
    assert run.read_text("a.txt") == "old"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "which is missing"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "cannot be read"),
        (lambda path: path.write_text("x" * 9999), "at most 9998 bytes"),
    ],
)
def test_files_that_cannot_be_read_are_explained(tmp_path, make, message):
    make(tmp_path / "a.txt")
    with pytest.raises(errors.UserError, match=message):
        runs.read_text(tmp_path / "a.txt", limit=9998)


def test_sha256_of_a_known_text(tmp_path):
    (tmp_path / "a").write_text("abc")
    assert runs.sha256(tmp_path / "a").startswith(
        "ba7816bf8f01cfea414140de5dae"
    )
