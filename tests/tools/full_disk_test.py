"""Tests of the tool that fills disks, and of one command by it."""

import subprocess

import pytest

from tools import full_disk


def _ended(stderr, code=1):
    return subprocess.CompletedProcess([], code, "", stderr)


@pytest.fixture
def small(tmp_path):
    """A small disk, where one may be made, and the function to resize it."""
    try:
        with full_disk.disk(tmp_path / "disk") as resize:
            yield tmp_path / "disk", resize
    except full_disk.RefusedError as refused:
        pytest.skip(str(refused))


def test_room_grows_and_ends():
    sizes = list(full_disk.growing(1024, 2))
    assert sizes[:3] == [1024, 2048, 4096]
    assert sizes[-1] < 2**28


def test_a_line_that_helps_is_right(tmp_path):
    line = f"error: {tmp_path}/a.json is full. Free some space.\n"
    assert full_disk.told_wrong(_ended(line), [tmp_path]) == []


@pytest.mark.parametrize(
    ("stderr", "code", "fault"),
    [
        ("", 1, "0 lines"),
        ("error: disk. Free some space.\n", 1, "no file"),
        ("error: PLACE/a cannot be written.\n", 1, "no file"),
        ("error: PLACE/a Free some space\n", -6, "exit code -6"),
        ("error: PLACE/a Free some space\nTraceback", 1, "traceback"),
        ("error: PLACE/a Free some space\n" * 2, 1, "2 lines"),
    ],
)
def test_other_ends_are_faults(tmp_path, stderr, code, fault):
    ended = _ended(stderr.replace("PLACE", str(tmp_path)), code)
    (found,) = full_disk.told_wrong(ended, [tmp_path])
    assert fault in found


def test_a_disk_fills_and_grows(small):
    folder, resize = small
    resize(4096 * 4)
    with pytest.raises(OSError, match="No space left"):
        (folder / "a").write_bytes(bytes(100_000))
    resize(1_000_000)
    assert (folder / "a").write_bytes(bytes(100_000))


@pytest.mark.slow
def test_a_table_is_measured_on_a_disk_that_grows(small, tmp_path):
    del small  # Only to skip where no disk can be made.
    faults, tries = full_disk.fill("lut", tmp_path, [8 * 1024, 2**25])
    assert (faults, tries) == ([], 1)
