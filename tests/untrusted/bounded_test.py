"""Tests of reading no more than expected."""

import pathlib

import pytest

from ednas_tf import errors
from ednas_tf.untrusted import bounded


def test_a_file_of_the_largest_size_is_read_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1500)
    assert bounded.read(path, 1500) == b"x" * 1500
    with pytest.raises(errors.UserError, match="at most 1499 bytes"):
        bounded.read(path, 1499)


def test_a_file_without_end_is_not_read_to_it():
    with pytest.raises(errors.UserError, match="at most 9000000 bytes"):
        bounded.read(pathlib.Path("/dev/zero"), 9_000_000)
