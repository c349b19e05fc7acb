"""Spoiled files end in one line, whatever is wrong with them."""

import functools
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ednas_tf import errors
from tests.untrusted import readers, spoiling

_SECONDS = 2.0
_LETTERS = 3000
_FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[*HealthCheck],
)
_JSON = [name for name, each in readers.READERS.items() if each.structured]


@functools.cache
def _seeds(name):
    return readers.READERS[name].seeds()


def _check(name, content, folder):
    reader = readers.READERS[name]
    path = folder / name / reader.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    began = time.process_time()
    try:
        reader.read(path)
    except errors.UserError as error:
        assert 10 < len(str(error)) < _LETTERS + len(str(path))
    assert time.process_time() - began < _SECONDS


@pytest.mark.parametrize("name", readers.READERS)
def test_right_files_are_read(name, tmp_path):
    reader = readers.READERS[name]
    path = tmp_path / reader.file
    path.parent.mkdir(parents=True, exist_ok=True)
    for content in reader.seeds():
        path.write_bytes(content)
        reader.read(path)


@pytest.mark.parametrize("name", _JSON)
@_FEW
@given(data=st.data())
def test_wrong_values_end_in_one_line(name, tmp_path, data):
    content = data.draw(st.sampled_from(_seeds(name)))
    spoiled = data.draw(spoiling.of_json(json.loads(content)))
    _check(name, spoiled, tmp_path)


@pytest.mark.parametrize("name", readers.READERS)
@_FEW
@given(data=st.data())
def test_wrong_bytes_end_in_one_line(name, tmp_path, data):
    content = data.draw(st.sampled_from(_seeds(name)))
    _check(name, data.draw(spoiling.of_bytes(content)), tmp_path)
