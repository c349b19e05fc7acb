"""States of a further training, from which a broken export goes on."""

import dataclasses
import hashlib
import math
import zipfile

import numpy as np
from absl import logging

from ednas_tf import errors, runs
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-export-state/1"
ROWS = ("loss", "seconds")
"""What is noted of each epoch."""
# A kill may spoil the last one.
_KEPT = 2
_LARGEST_JSON = 1_000_000
# Names, headers and the structure of an archive, for each array.
_SPARE_BYTES = 2_000


@dataclasses.dataclass(frozen=True, eq=False)
class State:
    """A further training after some epochs.

    Attributes:
        rows: List of a number per epoch, for each of `ROWS`.
        arrays: NumPy arrays of all variables, in the order of the training.
    """

    rows: dict
    arrays: list

    @property
    def epochs(self):
        """Epochs that are done."""
        return len(self.rows["loss"])


class States:
    """The states of one further training in a run folder.

    A state is an archive of arrays, without pickle, and a JSON that comes
    after it and has its SHA-256: without both there is no state.

    Args:
        run: The `runs.Run`.
        name: What the files begin with: letters alone.
    """

    def __init__(self, run, name):
        self.run = run
        self.name = name

    def latest(self, owner, like):
        """Returns the last `State` that is whole, or None.

        What is broken, or of another training, is passed over with a warning.

        Args:
            owner: The `fingerprint` of the training.
            like: Arrays, or variables, of the shapes and types that it has.
        """
        folder = self.run.path(runs.EXPORT_STATE)
        for path in sorted(folder.glob(f"{self.name}-*.json"), reverse=True):
            try:
                return self._read(path, owner, like)
            except errors.UserError as error:
                logging.warning("%s It is passed over.", error)
        return None

    def write(self, owner, state):
        """Writes a state, and deletes all but the one before.

        Args:
            owner: The `fingerprint` of the training.
            state: The `State`.
        """
        stem = f"{runs.EXPORT_STATE}/{self.name}-{state.epochs:05}"
        self.run.write_with(
            f"{stem}.npz",
            lambda path: np.savez(path, *state.arrays),
            _size(state.arrays),
        )
        self.run.write_json(
            f"{stem}.json",
            {
                "schema": SCHEMA,
                "owner": owner,
                "sha256": runs.sha256(self.run.path(f"{stem}.npz")),
                **state.rows,
            },
        )
        folder = self.run.path(runs.EXPORT_STATE)
        for old in sorted(folder.glob(f"{self.name}-*.json"))[:-_KEPT]:
            for path in (old, old.with_suffix(".npz")):
                self.run.remove(f"{runs.EXPORT_STATE}/{path.name}")

    def _read(self, path, owner, like):
        archive = path.with_suffix(".npz")
        found = _entry(path)
        if found["owner"] != owner:
            raise errors.UserError(f"{path} is of another further training.")
        limit = _size(like)
        if not archive.is_file() or archive.stat().st_size > limit:
            raise errors.UserError(
                f"Expected {archive} of at most {limit:,} bytes."
            )
        if runs.sha256(archive) != found["sha256"]:
            raise errors.UserError(f"{archive} has changed since: its SHA-256.")
        rows = {name: found[name] for name in ROWS}
        return State(rows, _arrays(archive, like, limit))


def fingerprint(model, *values):
    """Returns what tells a further training from any other.

    Args:
        model: The Keras model that it starts from.
        *values: What else it depends on, as `repr` tells it.
    """
    digest = hashlib.sha256(repr(values).encode())
    for weight in model.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()


def _size(arrays):
    """Returns the most bytes that an archive of arrays takes."""
    sizes = [math.prod(a.shape) * _dtype(a).itemsize for a in arrays]
    return sum(sizes) + _SPARE_BYTES * (len(sizes) + 1)


def _dtype(array):
    """Returns the NumPy type of an array or of a TensorFlow variable."""
    return np.dtype(getattr(array.dtype, "as_numpy_dtype", array.dtype))


def _entry(path):
    """Returns what the JSON of a state says; raises `UserError`."""
    try:
        found = json_text.mapping(runs.read_text(path, _LARGEST_JSON))
        if found["schema"] != SCHEMA:
            raise ValueError(f"schema {found['schema']!r}")
        rows = [[float(value) for value in found[name]] for name in ROWS]
        if len({int(path.stem.rpartition("-")[2]), *map(len, rows)}) > 1:
            raise ValueError("the number of epochs")
        if not np.all(np.isfinite(rows)):
            raise ValueError("numbers that are not finite")
        strings = {key: str(found[key]) for key in ("owner", "sha256")}
        return {**strings, **dict(zip(ROWS, rows, strict=True))}
    except errors.UserError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise errors.UserError(
            f"{path} is no state of a further training: {error!r}."
        ) from error


def _arrays(path, like, limit):
    """Returns the arrays of an archive; raises `UserError` if they differ.

    Args:
        path: Path of the archive.
        like: Arrays or variables of the same shapes and types.
        limit: Most bytes of all, unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > limit:
            raise ValueError(f"{unpacked:,} bytes when unpacked")
        with np.load(path, allow_pickle=False) as archive:
            found = [archive[f"arr_{place}"] for place in range(len(like))]
            if len(archive.files) != len(like):
                raise ValueError(f"{len(archive.files)} arrays")
    # What else than these NumPy and zlib raise on a broken file is open.
    except Exception as error:
        raise errors.UserError(
            f"{path} cannot be read: {errors.first_line(error)}."
        ) from error
    for array, expected in zip(found, like, strict=True):
        same = array.dtype == _dtype(expected)
        if not same or array.shape != tuple(expected.shape):
            raise errors.UserError(
                f"{path} has an array of {array.dtype} {array.shape}, not "
                f"{_dtype(expected)} {tuple(expected.shape)}."
            )
    return found
