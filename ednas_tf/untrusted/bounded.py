"""Reads no more of a file than expected, also of one that never ends."""

from ednas_tf import errors

_CHUNK = 1_000_000


def read(path, limit):
    """Returns the bytes of a file; raises `OSError`, `UserError`.

    Args:
        path: Path of the file. Devices and pipes do not tell their size.
        limit: Most bytes to accept.
    """
    found = bytearray()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += chunk
            if len(found) > limit:
                raise errors.UserError(
                    f"Expected at most {limit} bytes in {path}. Found: more."
                )
    return bytes(found)
