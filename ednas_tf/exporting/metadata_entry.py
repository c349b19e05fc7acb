"""Named bytes inside a TFLite file, put there without a change to the rest."""

import struct

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from ednas_tf import errors

_IDENTIFIER = b"TFL3"
_ALIGNMENT = 16  # Of the data of a buffer, by the schema of TFLite.
_WORD = 4  # Bytes of an offset or a size.
_BUFFERS, _METADATA, _NUM_FIELDS = 4, 6, 10  # Places in the table `Model`.


def find(content, name):
    """Returns the `slice` of the bytes of an entry, or None.

    Args:
        content: Bytes of a TFLite file.
        name: Name of the entry, as bytes.
    """
    model = schema.Model.GetRootAs(content, 0)
    for place in range(model.MetadataLength()):
        entry = model.Metadata(place)
        if entry.Name() == name:
            data = model.Buffers(entry.Buffer())._tab
            start = data.Vector(data.Offset(_WORD))
            size = data.VectorLen(data.Offset(_WORD))
            return slice(start, start + size)
    return None


def insert(content, name, data):
    """Returns a TFLite file with one entry more.

    A new root stands before the file, which stays as it is at an aligned
    place: offsets lead forward, so the new root refers to all that the old
    one does. Packing the graph anew would leave weights unaligned.

    Args:
        content: Bytes of the file.
        name: Name of the entry, as bytes.
        data: Its bytes.
    """
    content += bytes(_aligned(len(content)) - len(content))
    model = schema.Model.GetRootAs(content, 0)
    builder = flatbuffers.Builder(len(content) + 2 * len(data) + 4096)
    builder.CreateByteVector(content)  # What is written first stands last.
    buffer = _write_buffer(builder, data)
    entry = _write_entry(builder, name, model.BuffersLength())
    fields = _fields(model, len(content))
    for place, element in ((_BUFFERS, buffer), (_METADATA, entry)):
        elements = [*_elements(model, place, len(content)), element]
        fields[place] = _write_vector(builder, elements)
    schema.ModelStart(builder)
    schema.ModelAddVersion(builder, model.Version())
    for place, offset in fields.items():
        builder.PrependUOffsetTRelativeSlot(place, offset, 0)
    builder.Finish(schema.ModelEnd(builder), _IDENTIFIER)
    return bytes(builder.Output())


def remove(content, name):
    """Returns the file that `insert` received, padded to 16 bytes.

    Args:
        content: Bytes of a file, which come back if it has no such entry.
        name: Name of the entry, as bytes.

    Raises:
        UserError: If another tool made the entry.
    """
    found = find(content, name)
    if found is None:
        return content
    # Between the two stand zeros and the size of the file.
    start = _aligned(found.stop + _WORD)
    (size,) = struct.unpack_from("<I", content, start - _WORD)
    bare = content[start : start + size]
    if bare[4:8] != _IDENTIFIER or len(bare) != size:
        raise errors.UserError(
            f"Expected a TFLite file whose {name.decode()} ednas_tf wrote. "
            "Received one that another tool has changed."
        )
    return bare


def _aligned(place):
    return -(-place // _ALIGNMENT) * _ALIGNMENT


def _write_buffer(builder, data):
    builder.StartVector(1, len(data), _ALIGNMENT)
    for byte in reversed(data):
        builder.PrependByte(byte)
    vector = builder.EndVector()
    schema.BufferStart(builder)
    schema.BufferAddData(builder, vector)
    return schema.BufferEnd(builder)


def _write_entry(builder, name, buffer):
    name = builder.CreateString(name)
    schema.MetadataStart(builder)
    schema.MetadataAddName(builder, name)
    schema.MetadataAddBuffer(builder, buffer)
    return schema.MetadataEnd(builder)


def _write_vector(builder, offsets):
    builder.StartVector(_WORD, len(offsets), _WORD)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def _fields(model, size):
    """Returns the offset from the end of what each field refers to.

    All fields but the version, which comes first, refer to something.
    """
    tab = model._tab
    slots = {
        place: tab.Offset(4 + 2 * place) for place in range(1, _NUM_FIELDS)
    }
    return {
        place: size - tab.Indirect(tab.Pos + slot)
        for place, slot in slots.items()
        if slot
    }


def _elements(model, place, size):
    """Returns the offsets from the end of the tables in a vector."""
    tab = model._tab
    slot = tab.Offset(4 + 2 * place)
    if not slot:
        return []
    start = tab.Vector(slot)
    places = (start + _WORD * i for i in range(tab.VectorLen(slot)))
    return [size - tab.Indirect(at) for at in places]
