"""`.keras` files that come from elsewhere: three files of known kinds."""

import io
import pathlib
import stat
import zipfile
import zlib

from ednas_tf import errors
from ednas_tf.untrusted import hdf5_file, json_text, keras_config

_WEIGHTS = "model.weights.h5"
_CONFIG = "config.json"
_MOST_BYTES = {
    "metadata.json": 100_000,
    _CONFIG: 32_000_000,
    _WEIGHTS: hdf5_file.LIMIT,
}
_MOST_EXPANSION = 100
_SMALL_BYTES = 1_000_000
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What `zipfile` raises on broken archives, UserError apart.
_CORRUPT = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def check(path):
    """Raises `UserError` unless a file is a Keras model without code.

    Args:
        path: A `.keras` file.
    """
    try:
        with zipfile.ZipFile(pathlib.Path(path)) as archive:
            _check_members(archive)
            text = archive.read(_CONFIG).decode("utf-8")
            keras_config.check(json_text.mapping(text, nonfinite=True))
            hdf5_file.check(io.BytesIO(archive.read(_WEIGHTS)))
    except errors.UserError:
        raise
    except _CORRUPT as error:
        raise errors.UserError(
            f"Expected a whole .keras file: {errors.first_line(error)}"
        ) from error


def _check_members(archive):
    """Raises `UserError` unless exactly the three files are there."""
    members = archive.infolist()
    names = sorted(member.filename for member in members)
    if names != sorted(_MOST_BYTES):
        raise errors.UserError(
            f"Expected the files {', '.join(sorted(_MOST_BYTES))} in a .keras "
            f"file. Received: {', '.join(names)!r:.200}"
        )
    for member in members:
        _check_member(member)


def _check_member(member):
    name, size = member.filename, member.file_size
    most = min(
        _MOST_BYTES[name],
        _SMALL_BYTES + _MOST_EXPANSION * member.compress_size,
    )
    if size > most:
        raise errors.UserError(
            f"Expected at most {most:,} bytes of {name} in a .keras file. "
            f"Received: {size:,}"
        )
    mode = stat.S_IFMT(member.external_attr >> 16)
    plain = mode in (0, stat.S_IFREG) and not member.flag_bits & 1
    if not plain or member.compress_type not in _COMPRESSIONS:
        raise errors.UserError(
            f"Expected {name} in a .keras file as a plain file."
        )
