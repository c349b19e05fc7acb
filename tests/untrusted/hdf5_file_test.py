"""Tests of what HDF5 files may hold."""

import io

import h5py
import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.untrusted import hdf5_file


@pytest.fixture
def write(tmp_path):
    """Returns a function that lets another write a file, and its path."""

    def made(fill):
        path = tmp_path / "a.h5"
        with h5py.File(path, "w") as file:
            fill(file)
        return path

    return made


def _refused(path, message, **kwargs):
    with pytest.raises(errors.UserError, match=message) as caught:
        hdf5_file.check(path, **kwargs)
    assert "\n" not in str(caught.value)


def test_arrays_in_groups_pass(write):
    def fill(file):
        file["layers/conv/vars/0"] = np.ones((3, 3), np.float32)
        file["seed"] = np.uint32(7)
        file["used"] = np.array([True, False])
        file["none"] = np.zeros((0,))
        file.create_dataset("zip", data=np.arange(99), compression="gzip")

    path = write(fill)
    hdf5_file.check(path)
    hdf5_file.check(io.BytesIO(path.read_bytes()))


def test_a_link_to_another_file_is_refused(write):
    def fill(file):
        file["a/b"] = h5py.ExternalLink("/etc/other.h5", "/")

    _refused(write(fill), "no links.*ExternalLink")


def test_a_soft_link_is_refused(write):
    def fill(file):
        file["a"] = h5py.SoftLink("/b")

    _refused(write(fill), "no links.*SoftLink")


def test_raw_bytes_of_another_file_are_refused(write):
    def fill(file):
        outside = [("/etc/passwd", 0, 64)]
        file.create_dataset("a", (64,), np.uint8, external=outside)

    _refused(write(fill), "reads other files")


def test_an_array_of_arrays_elsewhere_is_refused(write):
    def fill(file):
        layout = h5py.VirtualLayout((4,), np.float32)
        layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
        file.create_virtual_dataset("a", layout)

    _refused(write(fill), "reads other files")


@pytest.mark.parametrize("options", [{}, {"chunks": (2**20,)}])
def test_an_array_without_its_values_is_refused(write, options):
    def fill(file):
        file.create_dataset("a", (2**40,), np.float32, **options)

    _refused(write(fill), "0 bytes for 4,398,046,511,104|many bytes|most")


def test_an_array_that_unpacks_to_a_thousandfold_is_refused(write):
    def fill(file):
        zeros = np.zeros(10_000_000, np.uint8)
        file.create_dataset("a", data=zeros, compression="gzip")

    _refused(write(fill), "bytes for 10,000,000")


@pytest.mark.parametrize("value", ["text", np.bytes_(b"ab")])
def test_what_is_no_number_is_refused(write, value):
    _refused(
        write(lambda file: file.create_dataset("a", data=value)),
        "arrays of numbers",
    )


def test_a_type_of_a_strange_filter_is_refused(write):
    def fill(file):
        file.create_dataset("a", data=np.ones(100), compression="lzf")

    _refused(write(fill), "plain or as gzip")


def test_the_sum_of_all_arrays_is_bounded(write):
    def fill(file):
        file["a"] = file["b"] = np.zeros(1000, np.uint8)

    path = write(fill)
    hdf5_file.check(path, limit=10_000)
    _refused(path, "at most 1,500 bytes", limit=1500)


def test_groups_in_a_circle_are_visited_once(write):
    def fill(file):
        file["a/b/x"] = np.ones(3)
        file["a/b/again"] = file["a"]

    hdf5_file.check(write(fill))


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"PK" * 99])
def test_another_file_is_told(tmp_path, content):
    path = tmp_path / "a.h5"
    path.write_bytes(content)
    _refused(path, "whole HDF5 file")
