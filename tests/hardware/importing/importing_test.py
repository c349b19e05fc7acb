"""Tests of what all importers have in common."""

import pathlib
import pickle
import random
import time

import pytest

from ednas_tf import errors
from ednas_tf.hardware import importing
from tests.hardware.importing.conftest import NETWORK


class _Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


def _read(kind, path, target):
    return importing.read(kind, path, operators=NETWORK, target=target)


@pytest.mark.parametrize("kind", importing.FORMATS)
def test_noise_of_ten_megabytes_is_one_line_at_once(kind, tmp_path, clocked):
    path = tmp_path / "noise"
    signs = "node type, first\"'#:,{}[]!&*\n0a\x00\x1b\u2028"
    path.write_text("".join(random.Random(0).choices(signs, k=10_000_000)))
    start = time.monotonic()
    with pytest.raises(errors.UserError, match="noise: ") as caught:
        _read(kind, path, clocked)
    assert time.monotonic() - start < 10
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("kind", importing.FORMATS)
def test_bytes_are_no_text(kind, tmp_path, clocked):
    path = tmp_path / "bytes"
    path.write_bytes(random.Random(0).randbytes(1000))
    with pytest.raises(errors.UserError, match="bytes"):
        _read(kind, path, clocked)


@pytest.mark.parametrize("protocol", [0, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("kind", importing.FORMATS)
def test_nothing_is_unpickled(kind, protocol, tmp_path, clocked):
    path, mark = tmp_path / "table.pickle", tmp_path / "mark"
    path.write_bytes(pickle.dumps(_Trap(mark), protocol))
    with pytest.raises(errors.UserError, match="table.pickle"):
        _read(kind, path, clocked)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", importing.FORMATS)
def test_a_file_of_one_endless_line_is_refused(kind, tmp_path, clocked):
    path = tmp_path / "line"
    path.write_text("[{" * 2_000_000)
    with pytest.raises(errors.UserError, match="line: ") as caught:
        _read(kind, path, clocked)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("kind", importing.FORMATS)
def test_files_that_are_absent_or_too_large_are_named(kind, tmp_path, clocked):
    with pytest.raises(errors.UserError, match="absent"):
        _read(kind, tmp_path / "absent", clocked)
    with (tmp_path / "large").open("wb") as file:
        file.truncate(17_000_000)
    with pytest.raises(errors.UserError, match="16000000 bytes"):
        _read(kind, tmp_path / "large", clocked)


def test_unknown_formats_are_told_with_the_nearest(tmp_path):
    with pytest.raises(errors.UserError, match="mean 'benchmark_model'"):
        importing.read("benchmark", tmp_path)


def test_unknown_types_are_told(tmp_path):
    with pytest.raises(errors.UserError, match="Unknown dtype 'int4'"):
        importing.read("csv", tmp_path, dtype="int4")
