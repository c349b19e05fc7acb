"""Pictures become a part of the page, if they are pictures."""

import pytest

from ednas_tf import errors
from ednas_tf.reporting.page import pictures


def test_picture_is_bounded(tmp_path, monkeypatch):
    path = tmp_path / "p.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert pictures.data_uri(path).endswith("iVBORw0KGgo=")
    monkeypatch.setattr(pictures, "_MOST_BYTES", 4)
    with pytest.raises(errors.UserError, match=r"Expected up to .* Found: 8"):
        pictures.data_uri(path)
