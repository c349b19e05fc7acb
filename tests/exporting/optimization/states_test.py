"""Tests of the states that a broken export goes on from."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ednas_tf import errors, runs
from ednas_tf.exporting.optimization import states
from tests import small
from tests.exporting.optimization import examples

_ARRAYS = [np.float32([[1, 2]]), np.int64(7), np.zeros((0, 3), np.float32)]


def _state(epochs=1, arrays=None):
    rows = {name: [0.5] * epochs for name in states.ROWS}
    return states.State(rows, _ARRAYS if arrays is None else arrays)


@pytest.fixture
def run(tmp_path):
    return runs.Run(tmp_path)


@pytest.fixture
def kept(run):
    return states.States(run, "qat")


def _files(run):
    folder = run.path(runs.EXPORT_STATE)
    return sorted(path.name for path in folder.iterdir())


def test_a_state_comes_back(kept):
    kept.write("me", _state(2))
    found = kept.latest("me", _ARRAYS)
    assert (found.epochs, found.rows["loss"]) == (2, [0.5, 0.5])
    for received, expected in zip(found.arrays, _ARRAYS, strict=True):
        assert received.dtype == expected.dtype
        np.testing.assert_array_equal(received, expected)


def test_without_a_state_there_is_none(kept):
    assert kept.latest("me", _ARRAYS) is None


def test_the_last_two_are_kept(run, kept):
    for epochs in (1, 2, 3):
        kept.write("me", _state(epochs))
    assert _files(run) == [
        f"qat-0000{epochs}.{end}"
        for epochs in (2, 3)
        for end in ("json", "npz")
    ]
    assert kept.latest("me", _ARRAYS).epochs == 3


def test_names_do_not_meet(run, kept):
    states.States(run, "compress").write("me", _state(5))
    assert kept.latest("me", _ARRAYS) is None


@pytest.mark.parametrize("place", [0, 200, -30])
def test_a_flipped_bit_is_seen_and_the_one_before_taken(run, kept, place):
    for epochs in (1, 2):
        kept.write("me", _state(epochs))
    path = run.path(f"{runs.EXPORT_STATE}/qat-00002.npz")
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert kept.latest("me", _ARRAYS).epochs == 1


def test_a_state_of_another_training_is_passed_over(kept, caplog):
    kept.write("another", _state())
    assert kept.latest("me", _ARRAYS) is None
    assert "another further training" in caplog.text


@pytest.mark.parametrize(
    "arrays",
    [
        _ARRAYS[:2],
        [*_ARRAYS, _ARRAYS[0]],
        [np.float64([[1, 2]]), *_ARRAYS[1:]],
        [np.float32([1, 2]), *_ARRAYS[1:]],
        [np.zeros(9_000, np.float32), *_ARRAYS[1:]],
        [np.array([{"a": 1}], object), *_ARRAYS[1:]],
    ],
    ids=["fewer", "more", "type", "shape", "size", "pickle"],
)
def test_other_arrays_are_refused_though_the_hash_is_right(kept, arrays):
    kept.write("me", _state(arrays=arrays))
    assert kept.latest("me", _ARRAYS) is None


def test_an_archive_without_its_json_is_no_state(run, kept):
    kept.write("me", _state())
    run.remove(f"{runs.EXPORT_STATE}/qat-00001.json")
    assert kept.latest("me", _ARRAYS) is None


def test_a_json_without_its_archive_is_no_state(run, kept):
    kept.write("me", _state())
    run.remove(f"{runs.EXPORT_STATE}/qat-00001.npz")
    assert kept.latest("me", _ARRAYS) is None


def test_a_spoiled_json_is_passed_over(run, kept):
    kept.write("me", _state())
    name = f"{runs.EXPORT_STATE}/qat-00001.json"
    for text in small.spoiled(run.read_text(name)):
        run.write_text(name, text)
        found = kept.latest("me", _ARRAYS)
        assert found is None or len(found.rows["seconds"]) == 1


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_passed_over(run, kept, content):
    kept.write("me", _state())
    for end in ("json", "npz"):
        name = f"{runs.EXPORT_STATE}/qat-00001.{end}"
        run.path(name).write_bytes(content)
        assert kept.latest("me", _ARRAYS) is None
        kept.write("me", _state())


def test_a_full_disk_leaves_the_state_before(run, kept, monkeypatch):
    kept.write("me", _state(1))
    before = _files(run)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(errors.UserError, match=r"00002\.npz.*Free some space"):
        kept.write("me", _state(2))
    assert _files(run) == before


def test_a_fingerprint_knows_weights_and_settings():
    model = examples.network(["dw3", "skip", "skip"])
    first = states.fingerprint(model, 1)
    assert states.fingerprint(model, 2) != first
    model.weights[0].assign(model.weights[0] + 1)
    assert states.fingerprint(model, 1) != first


def test_a_record_holds_no_pickle(run, kept):
    kept.write("me", _state())
    content = json.loads(run.read_text(f"{runs.EXPORT_STATE}/qat-00001.json"))
    assert sorted(content) == ["loss", "owner", "schema", "seconds", "sha256"]
