"""Files that are whole or not there, and mistakes told in one line."""

import contextlib
import errno
import hashlib
import itertools
import json
import math
import os
import pathlib
import shutil
import tempfile

from ednas_tf import errors
from ednas_tf.untrusted import bounded

PARTIAL = "partial-"
"""What the name of a file begins with while it is written."""
_SPARE_BYTES = 300_000
"""Room for the names and the structure in files of weights."""
_BYTES_OF_AN_ARRAY = 3_000
"""Those of one array in HDF5; 1,800 to 2,250 were measured."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
# Libraries put the words of the system into errors of their own.
_FULL_WORDS = tuple(os.strerror(number) for number in _FULL)


def to_json(values):
    """Returns values as indented JSON with a line break at the end."""
    return json.dumps(values, indent=2) + "\n"


def read_text(path, limit=64_000_000):
    """Reads a text file of bounded size; raises `UserError`."""
    path = pathlib.Path(path).expanduser()
    try:
        text = bounded.read(path, limit).decode("utf-8")
        # As in files that are opened as text.
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError as error:
        raise errors.UserError(
            f"Expected the file {path}, which is missing."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise errors.UserError(f"{path} cannot be read: {error}.") from error


def write_text(path, text):
    """Writes a text file under another name first, then renames it."""
    path = pathlib.Path(path)
    partial = path.with_name(PARTIAL + path.name)
    with told(path, "written"):
        remove(partial)
        try:
            # Not through a link that was left there: "x" makes a new file.
            with open(partial, "x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def check_creatable(folder):
    """Raises `UserError` unless a folder is there or could be created."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise errors.UserError(
            f"{folder} cannot be created: {there} is no folder that can be "
            "written to. Choose another --workdir."
        )


def check_links(folder, names):
    """Raises `UserError` if writing to a folder would write elsewhere.

    A folder that came from a stranger may hold links in the place of files
    and folders that we write.

    Args:
        folder: The folder; it may be a link itself.
        names: Names at its top that we write to.
    """
    inside = folder.resolve()
    for top in (folder / name for name in names):
        parts = (
            pathlib.Path(root, name)
            for root, folders, files in os.walk(top)
            for name in (*folders, *files)
        )
        for path in itertools.chain([top], parts):
            if not path.is_symlink():
                continue
            end = pathlib.Path(os.path.realpath(path))
            if inside not in end.parents:
                raise errors.UserError(
                    f"Expected all of {folder} in this folder. Received: "
                    f"{path}, a link to {end}. Remove the link."
                )


def sync(path):
    """Brings a file, or all files of a folder, to the disk.

    Else a machine that goes down may leave the new name of an empty file.
    """
    for file in (path, *path.rglob("*")):
        if file.is_file():
            with open(file, "rb") as opened:
                os.fsync(opened.fileno())


def check_space(folder, size):
    """Raises `UserError` unless the disk has room for `size` bytes.

    HDF5 crashes the process, after the message, where a disk fills up under
    it; what it writes is asked for here first.
    """
    with told(folder, "written"):
        free = shutil.disk_usage(folder).free
    if free < size + _SPARE_BYTES:
        raise errors.UserError(
            f"Expected {size + _SPARE_BYTES:,} free bytes for {folder}. Found: "
            f"{free:,}. Free some space; the same command goes on."
        )


def weights_size(variables):
    """Returns about how many bytes a file of weights takes, at most.

    Args:
        variables: What it holds: objects with a `shape`, of 4 bytes a number.
    """
    return sum(
        4 * math.prod(variable.shape) + _BYTES_OF_AN_ARRAY
        for variable in variables
    )


def is_full(error):
    """Whether an exception tells of a disk, or a quota, that is full."""
    told = str(error)
    return getattr(error, "errno", None) in _FULL or any(
        words in told for words in _FULL_WORDS
    )


@contextlib.contextmanager
def scratch():
    """Gives the name of a folder of temporary files, until the block ends.

    Raises:
        UserError: If the disk that it is on is full.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="ednas_tf-") as folder:
            yield folder
    except OSError as error:
        if not is_full(error):
            raise
        raise errors.UserError(
            f"The folder of temporary files {tempfile.gettempdir()} is full. "
            "Free some space there, or name another folder in TMPDIR; the "
            "same command goes on."
        ) from error


def sha256(path):
    """Returns the SHA-256 of a file as hexadecimal text."""
    path = pathlib.Path(path).expanduser()
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def told(path, what):
    """Turns a failure of the disk into one line."""
    try:
        yield
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be {what}: {error.strerror or error}. Free some "
            "space or choose another --workdir."
        ) from error


def remove(path):
    """Deletes a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
