"""Exported files hold the operators that `spaces.operators` counts."""

import collections

import numpy as np
import pytest

from ednas_tf import spaces
from ednas_tf.exporting import tflite
from ednas_tf.hardware import tflite_operators
from ednas_tf.networks import derived
from ednas_tf.spaces import operators, presets
from tests import small

_CHAIN = presets.build("tiny", (32, 32, 3), 10)
# Thirteen slots: enough for every operation.
_PAIRS = presets.build("tiny", (16, 16, 1), 10, topology="previous_two")
_MOBILE = spaces.Skeleton(
    name="mobile",
    input_shape=(15, 15, 3),
    num_classes=4,
    stem=spaces.Stem(11, stride=2, channels=4),
    blocks=(
        spaces.Block("first", channels=4),
        spaces.Block("second", channels=6, stride=2, expansion=3),
    ),
    head=spaces.Head(channels=8, features=8),
)


def _every_operation(skeleton):
    """Returns names with all operations where the strides allow them."""
    strided = ["dw9", "avg3", "max3", "skip"]
    plain = list(spaces.OPERATIONS)
    return [
        plain.pop()
        if skeleton.blocks[index].stride == 1 and plain
        else strided.pop()
        for _, index in skeleton.slots()
    ]


@pytest.fixture(
    scope="module",
    params=[
        (_CHAIN, ["dw3", "dw5", "dw7", "dw9", "dw11", "dw3d2", "dw3d3"]),
        (_PAIRS, _every_operation(_PAIRS)),
        (_MOBILE, ["max3", "dw7"]),
    ],
    ids=["chain", "previous_two", "mobile"],
)
def exported(request, tmp_path_factory):
    """Returns an architecture and its files by format."""
    architecture = spaces.choose(*request.param)
    model = derived.build(architecture)
    small.randomize(model)
    shape = architecture.skeleton.input_shape
    images = [small.normal(4, *shape)]
    folder = tmp_path_factory.mktemp("export")
    files = {}
    for name, content in tflite.convert_all(model, ["float", "int8"], images):
        files[name] = folder / f"{name}.tflite"
        files[name].write_bytes(content)
    return architecture, files


@pytest.mark.parametrize("format", ["float", "int8"])
def test_files_hold_the_operators_that_are_counted(exported, format):
    architecture, files = exported
    expected = operators.architecture_operators(architecture)
    received = tflite_operators.read(files[format])
    assert collections.Counter(received) == collections.Counter(expected)


@pytest.mark.parametrize("format", ["float", "int8"])
def test_files_hold_the_parameters_that_are_counted(exported, format):
    architecture, files = exported
    expected = operators.totals(operators.architecture_operators(architecture))
    received = tflite_operators.counts(files[format])
    assert received == {key: expected[key] for key in ("macs", "params")}


def test_all_operations_are_among_them():
    names = np.unique(_every_operation(_PAIRS))
    assert set(names) == set(spaces.OPERATIONS)
