"""Tests of the names that operators have in the runtime."""

import importlib.util
import pathlib

import pytest

from ednas_tf import errors
from ednas_tf.exporting.micro import resolver
from tests.hardware.conftest import TfliteWriter


def write(path, *names):
    """Writes a file of such operators, one after the other."""
    writer = TfliteWriter()
    x = writer.tensor(1, 8)
    writer.graph.inputs = [x]
    for name in names:
        x = writer.node(name, (x,), (1, 8))
    writer.graph.outputs = [x]
    return writer.write(path)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("CONV_2D", "AddConv2D"),
        ("DEPTHWISE_CONV_2D", "AddDepthwiseConv2D"),
        ("MAX_POOL_2D", "AddMaxPool2D"),
        ("PAD", "AddPad"),
        ("PADV2", "AddPadV2"),
        ("BATCH_MATMUL", "AddBatchMatMul"),
        ("SPACE_TO_BATCH_ND", "AddSpaceToBatchNd"),
        ("RELU6", "AddRelu6"),
        ("CUMSUM", "AddCumSum"),
        ("ADD_N", "AddAddN"),
        ("SPLIT_V", "AddSplitV"),
        ("REVERSE_V2", "AddReverseV2"),
        ("UNIDIRECTIONAL_SEQUENCE_LSTM", "AddUnidirectionalSequenceLSTM"),
        ("FULLY_CONNECTED", "AddFullyConnected"),
    ],
)
def test_methods_are_those_of_the_resolver(name, method):
    assert resolver.method(name) == method


def test_the_installed_runtime_has_every_operator():
    found = importlib.util.find_spec("tflite_micro")
    if found is None:
        pytest.skip("The extra `micro` is absent.")
    folder = pathlib.Path(found.origin).parent
    (library,) = folder.rglob("_runtime*.so")
    content = library.read_bytes()
    for name in resolver.SUPPORTED:
        assert f"Register_{name}".encode() in content, name


def test_operators_of_a_file_come_once_and_sorted(tmp_path):
    path = write(tmp_path / "m.tflite", "RELU", "ABS", "RELU")
    assert resolver.read(path) == ["ABS", "RELU"]


def test_an_operator_that_the_runtime_lacks_is_named(tmp_path):
    path = write(tmp_path / "m.tflite", "RELU", "ATAN2")
    with pytest.raises(errors.UserError, match="Received: ATAN2 in"):
        resolver.read(path)


def test_the_operators_of_an_exported_network_are_known(int8_file):
    names = resolver.read(int8_file)
    assert {"CONV_2D", "DEPTHWISE_CONV_2D", "SOFTMAX"} <= set(names)
