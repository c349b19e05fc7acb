"""Tests of running files as a microcontroller does."""

import numpy as np
import pytest

from ednas_tf.exporting import foreign
from ednas_tf.exporting.micro import runtime
from ednas_tf.hardware import file_operators
from tests.hardware.conftest import TfliteWriter

_ARENA = "Arena allocation total 123 bytes"


@pytest.fixture
def exported(int8_file):
    return int8_file, file_operators.read(int8_file)


def _needed():
    pytest.importorskip("tflite_micro", reason="The extra `micro` is absent.")


def _answering(change):
    """Returns a stand-in for the worker that changes what LiteRT answers."""

    def run(arguments, seconds):
        _, path, images, outputs, tensor = arguments
        reference = runtime.Reference(path, tensor)
        pairs = [reference.run(value) for value in np.load(images)]
        rows = np.stack([change(output) for output, _ in pairs])
        inner = np.stack([inner for _, inner in pairs])
        np.savez(outputs, outputs=rows, inner=inner)
        return foreign.Done(_ARENA, 0)

    return run


def test_an_exported_network_answers_as_litert_does(exported, images):
    _needed()
    found = runtime.check(*exported, images)
    assert found["checked"]
    assert found["offences"] == []
    assert found["images"] == 4
    assert found["agreement"] == 1.0
    assert found["largest_difference"] <= 1
    assert found["arena_bytes"] > 0


def test_operators_that_the_runtime_lacks_are_named(tmp_path):
    _needed()
    writer = TfliteWriter()
    x = writer.tensor(1, 8)
    y = writer.node("ATAN2", (x, x), (1, 8))
    writer.graph.inputs, writer.graph.outputs = [x], [y]
    path = writer.write(tmp_path / "m.tflite")
    (offence,) = runtime.check(path, file_operators.read(path))["offences"]
    assert offence["operator"] == "operator 0: ATAN2 1x8, 1x8 -> 1x8"
    assert offence["reason"] == "The runtime lacks ATAN2."


def test_without_the_package_nothing_is_checked(exported, monkeypatch):
    monkeypatch.setattr(foreign, "is_installed", lambda package: False)
    found = runtime.check(*exported)
    assert not found["checked"]
    assert found["note"] == "not checked: pip install tflite-micro"


def test_other_answers_are_an_offence(exported, monkeypatch):
    monkeypatch.setattr(foreign, "is_installed", lambda package: True)
    monkeypatch.setattr(foreign, "run", _answering(lambda row: -row[::-1]))
    found = runtime.check(*exported)
    assert found["arena_bytes"] == 123
    assert found["agreement"] < 1
    assert "otherwise than LiteRT" in found["offences"][0]["reason"]


@pytest.mark.parametrize(
    ("code", "checked", "count"),
    [(1, False, 0), (None, False, 0), (-11, True, 1)],
)
def test_how_the_worker_may_fail(code, checked, count, exported, monkeypatch):
    done = foreign.Done("Traceback\nImportError: no numpy", code)
    monkeypatch.setattr(foreign, "is_installed", lambda package: True)
    monkeypatch.setattr(foreign, "run", lambda *_: done)
    found = runtime.check(*exported)
    assert found["checked"] == checked
    assert len(found["offences"]) == count
