"""Pictures of a run folder as a part of the page."""

import base64

from ednas_tf import errors

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 8_000_000


def data_uri(path):
    """Returns a PNG file as a data URI, or None if there is none.

    Raises:
        UserError: If it is no PNG file, or too large for a page.
    """
    if not path.is_file():
        return None
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise errors.UserError(
            f"Expected up to {_MOST_BYTES:,} bytes in {path}. Found: {size:,}."
        )
    content = path.read_bytes()
    if not content.startswith(_PNG):
        raise errors.UserError(f"Expected a PNG image in {path}.")
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"
