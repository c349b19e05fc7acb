"""Files that are whole or not there, and mistakes told in one line."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil

from ednas_tf import errors

PARTIAL = "partial-"
"""What the name of a file begins with while it is written."""
_SPARE_BYTES = 300_000
"""Room for the names and the structure in files of weights."""


def to_json(values):
    """Returns values as indented JSON with a line break at the end."""
    return json.dumps(values, indent=2) + "\n"


def read_text(path, limit=64_000_000):
    """Reads a text file of bounded size; raises `UserError`."""
    path = pathlib.Path(path).expanduser()
    try:
        if path.stat().st_size > limit:
            raise errors.UserError(
                f"Expected at most {limit} bytes in {path}. Found: "
                f"{path.stat().st_size}."
            )
        return path.read_text(encoding="utf-8")
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
        try:
            with open(partial, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


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
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
