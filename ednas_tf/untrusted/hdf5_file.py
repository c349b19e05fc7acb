"""HDF5 files that come from elsewhere: arrays of numbers and nothing else.

HDF5 itself follows links into other files, reads raw data of any file as an
array, and lets a kilobyte stand for an array of terabytes.
"""

import math
import os

from ednas_tf import errors

LIMIT = 4_000_000_000
"""Bytes of all arrays of a file together."""
_MOST_OBJECTS = 200_000
_MOST_EXPANSION = 32
_SMALL_BYTES = 65_536
_FILTERS = (1, 2, 3)  # Deflate, shuffle and checksum: all in the library.


def check(source, limit=LIMIT):
    """Raises `UserError` unless a file holds plain arrays of bounded size.

    Args:
        source: Path, or an open file of bytes.
        limit: Most bytes of all arrays together.
    """
    # Not at the top: it takes the 0.1 s that help must not take.
    import h5py

    if isinstance(source, (str, os.PathLike)):
        _check_size(os.stat(source).st_size, limit)
    try:
        with h5py.File(source, "r") as file:
            _check_all(file, limit)
    except errors.UserError:
        raise
    except Exception as error:  # A broken file raises of any kind there.
        raise errors.UserError(
            f"Expected a whole HDF5 file: {errors.first_line(error)}"
        ) from error


def _check_all(file, limit):
    """Visits each object once: links may lead in circles."""
    import h5py

    waiting, seen, size = [file], set(), 0
    while waiting:
        group = waiting.pop()
        for name in group:
            _check_link(h5py, group, name)
            item = group[name]
            info = h5py.h5o.get_info(item.id)
            if (info.fileno, info.addr) in seen:
                continue
            seen.add((info.fileno, info.addr))
            _check_count(len(seen))
            if isinstance(item, h5py.Group):
                waiting.append(item)
                continue
            size += _array_bytes(h5py, item)
            _check_size(size, limit)


def _check_link(h5py, group, name):
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise errors.UserError(
            f"Expected no links to other places or files. Received: {name!r} "
            f"in {group.name!r}, a {type(link).__name__}"
        )


def _array_bytes(h5py, item):
    """Returns the bytes of an array; raises `UserError` if it is no plain one.

    Args:
        h5py: The module.
        item: An object of a file that is no group.
    """
    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "fiub":
        raise errors.UserError(
            f"Expected arrays of numbers. Received: {item.name!r:.100}"
        )
    made = item.id.get_create_plist()
    elsewhere = made.get_external_count() > 0
    if elsewhere or made.get_layout() == h5py.h5d.VIRTUAL:
        raise errors.UserError(
            f"Expected the array {item.name!r:.100} in the file itself. "
            "Received one that reads other files."
        )
    kinds = [made.get_filter(i)[0] for i in range(made.get_nfilters())]
    if not set(kinds) <= {*_FILTERS}:
        raise errors.UserError(
            f"Expected the array {item.name!r:.100} plain or as gzip. "
            f"Received: HDF5 filters {kinds}"
        )
    size = math.prod(item.shape or (0,)) * item.dtype.itemsize
    stored = item.id.get_storage_size()
    if size > _SMALL_BYTES + _MOST_EXPANSION * stored:
        raise errors.UserError(
            f"Expected the values of the array {item.name!r:.100}. Received: "
            f"{stored:,} bytes for {size:,}"
        )
    return size


def _check_count(count):
    if count > _MOST_OBJECTS:
        raise errors.UserError(f"Expected at most {_MOST_OBJECTS:,} arrays.")


def _check_size(size, limit):
    if size > limit:
        raise errors.UserError(
            f"Expected at most {limit:,} bytes of arrays. Received: {size:,}"
        )
