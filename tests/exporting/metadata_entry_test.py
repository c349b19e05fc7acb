"""Tests of named bytes inside a TFLite file."""

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

from ednas_tf import errors
from ednas_tf.exporting import metadata_entry
from ednas_tf.hardware import tflite_file

_NAME = b"NAME"
_DATA = bytes(range(77))


@pytest.fixture(scope="module")
def content(float_file):
    return float_file.read_bytes()


@pytest.fixture(scope="module")
def changed(content):
    return metadata_entry.insert(content, _NAME, _DATA)


def _foreign(content):
    """Adds an entry as other tools do: packs the whole file anew."""
    model = schema.ModelT.InitFromPackedBuf(content)
    entry, buffer = schema.MetadataT(), schema.BufferT()
    entry.name, entry.buffer = _NAME, len(model.buffers)
    buffer.data = np.frombuffer(_DATA, np.uint8)
    model.metadata.append(entry)
    model.buffers.append(buffer)
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def test_an_entry_is_found_by_its_name(changed):
    assert changed[metadata_entry.find(changed, _NAME)] == _DATA
    assert metadata_entry.find(changed, b"OTHER") is None


def test_what_another_tool_added_is_found(content):
    packed = _foreign(content)
    assert packed[metadata_entry.find(packed, _NAME)] == _DATA


def test_entries_that_were_there_stay(content, changed):
    old = schema.ModelT.InitFromPackedBuf(content)
    new = schema.ModelT.InitFromPackedBuf(changed)
    names = [entry.name for entry in old.metadata]
    assert [entry.name for entry in new.metadata] == [*names, _NAME]
    assert new.version == old.version
    assert new.description == old.description
    assert len(new.signatureDefs) == len(old.signatureDefs) == 1


def test_the_file_stays_as_it_is_at_an_aligned_place(content, changed):
    assert changed.index(content) % 16 == 0


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 300])
def test_the_data_are_aligned(content, size):
    changed = metadata_entry.insert(content, _NAME, b"x" * size)
    found = metadata_entry.find(changed, _NAME)
    assert found.start % 16 == 0
    assert found.stop - found.start == size


def test_the_graph_is_the_same(float_file, changed, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(changed)
    old, new = tflite_file.read(float_file), tflite_file.read(path)
    assert [n.name for n in new.nodes] == [n.name for n in old.nodes]
    for ours, theirs in zip(new.tensors, old.tensors, strict=True):
        assert ours.name == theirs.name
        np.testing.assert_array_equal(ours.data, theirs.data)


def test_the_file_gives_the_same(content, changed, images):
    outputs = []
    for each in (content, changed):
        runner = litert.Interpreter(model_content=each)
        serve = runner.get_signature_runner("serve")
        outputs.append(serve(image=images[:1])["probabilities"])
    np.testing.assert_array_equal(*outputs)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 300])
def test_removal_gives_the_file_back(content, size):
    changed = metadata_entry.insert(content, _NAME, b"x" * size)
    bare = metadata_entry.remove(changed + b"behind the end", _NAME)
    assert bare[: len(content)] == content
    assert bare[len(content) :] == bytes(-len(content) % 16)


def test_without_an_entry_there_is_nothing_to_remove(content):
    assert metadata_entry.remove(content, _NAME) == content


def test_an_entry_of_another_tool_is_not_removed(content):
    with pytest.raises(errors.UserError, match="NAME ednas_tf wrote"):
        metadata_entry.remove(_foreign(content), _NAME)
