"""What broke a reader once ends in one line now, and soon."""

import pathlib
import time

import pytest

from ednas_tf import errors
from tests.untrusted import readers

_CASES = pathlib.Path(__file__).parent / "cases"
_FILES = sorted(path for path in _CASES.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "case", _FILES, ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_what_broke_a_reader_once_ends_in_one_line(case, tmp_path):
    reader = readers.READERS[case.parent.name]
    path = tmp_path / reader.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(case.read_bytes())
    began = time.process_time()
    try:
        reader.read(path)
    except errors.UserError as error:
        assert str(error)
    assert time.process_time() - began < 2.0
