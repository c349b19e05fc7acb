"""Tests of reading the graph of a TFLite file."""

import random

import pytest

from ednas_tf import errors
from ednas_tf.hardware import tflite_file


def _small(writer):
    image = writer.tensor(1, 4, 4, 2)
    axes = writer.integers(1, 2)
    return writer.node("MEAN", (image, axes), (1, 2), "ReducerOptions")


def test_nodes_tensors_and_constants(writer, tmp_path):
    _small(writer)
    graph = tflite_file.read(writer.write(tmp_path / "m.tflite"))
    assert [node.name for node in graph.nodes] == ["MEAN"]
    assert [tensor.shape for tensor in graph.tensors] == [
        (1, 4, 4, 2),
        (2,),
        (1, 2),
    ]
    assert graph.integers(1) == (1, 2)
    assert graph.integers(0) is None


def test_producers_and_consumers(writer, tmp_path):
    first = _small(writer)
    writer.node("SOFTMAX", (first,), (1, 2), "SoftmaxOptions")
    graph = tflite_file.read(writer.write(tmp_path / "m.tflite"))
    assert graph.producer(first) is graph.nodes[0]
    assert graph.producer(0) is None
    assert graph.consumers(first) == [graph.nodes[1]]


def test_an_input_left_out_is_no_tensor(writer, tmp_path):
    _small(writer)
    graph = tflite_file.read(writer.write(tmp_path / "m.tflite"))
    with pytest.raises(IndexError):
        graph.tensor(-1)


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\0" * 64, b"PK\3\4" * 9])
def test_other_files_are_refused(data, tmp_path):
    path = tmp_path / "m.tflite"
    path.write_bytes(data)
    with pytest.raises(errors.UserError, match="m.tflite: expected a TFLite"):
        tflite_file.read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(errors.UserError, match="absent.tflite"):
        tflite_file.read(tmp_path / "absent.tflite")


@pytest.mark.parametrize("inputs", [(0, 99), (-2, 1)])
def test_tensors_out_of_range_are_refused(inputs, writer, tmp_path):
    writer.tensor(1, 4)
    writer.node("ADD", inputs, (1, 4), "AddOptions")
    with pytest.raises(errors.UserError, match="corrupt"):
        tflite_file.read(writer.write(tmp_path / "m.tflite"))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_told(share, reference, tmp_path):
    data = reference("kws_ref_model.tflite").read_bytes()
    path = tmp_path / "m.tflite"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(errors.UserError, match="m.tflite.*corrupt"):
        tflite_file.read(path)


def test_flipped_bytes_end_in_one_line_or_in_a_graph(writer, tmp_path):
    _small(writer)
    path = writer.write(tmp_path / "m.tflite")
    data, chance = path.read_bytes(), random.Random(0)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(3):
            broken[chance.randrange(8, len(data))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            assert isinstance(tflite_file.read(path), tflite_file.Graph)
        except errors.UserError as error:
            assert "corrupt" in str(error)
