"""TFLite Metadata as plain values, to and from its flatbuffer.

Names, places and codes of the fields are those of the public schema of
TensorFlow Lite Metadata (identifier M001), as far as images and labels need
them. Tables are dictionaries by field; that of a union has one more key,
`kind`, the name of its table.
"""

import flatbuffers
from flatbuffers import number_types, table

from ednas_tf import errors

IDENTIFIER = b"M001"
RGB, GRAYSCALE = 1, 2
AXIS_LABELS = 2
"""Type of an associated file that names the places along the last axis."""
_ROOT = "ModelMetadata"
_STRING, _FLOAT = "string", "float"
_SCALARS = {
    "byte": number_types.Int8Flags,
    "uint": number_types.Uint32Flags,
    _FLOAT: number_types.Float32Flags,
}
_CODE = number_types.Uint8Flags
_UNIONS = {
    "ContentProperties": {1: "FeatureProperties", 2: "ImageProperties"},
    "ProcessUnitOptions": {1: "NormalizationOptions"},
}
# By table and field: its place and its type, of which there are many where
# it has brackets. The code of a union stands in the place before it.
_FIELDS = {
    _ROOT: {
        "name": (0, _STRING),
        "description": (1, _STRING),
        "subgraph_metadata": (3, "[SubGraphMetadata]"),
        "min_parser_version": (7, _STRING),
    },
    "SubGraphMetadata": {
        "input_tensor_metadata": (2, "[TensorMetadata]"),
        "output_tensor_metadata": (3, "[TensorMetadata]"),
    },
    "TensorMetadata": {
        "name": (0, _STRING),
        "description": (1, _STRING),
        "content": (3, "Content"),
        "process_units": (4, "[ProcessUnit]"),
        "stats": (5, "Stats"),
        "associated_files": (6, "[AssociatedFile]"),
    },
    "AssociatedFile": {
        "name": (0, _STRING),
        "description": (1, _STRING),
        "type": (2, "byte"),
    },
    "Content": {"content_properties": (1, "ContentProperties")},
    "ProcessUnit": {"options": (1, "ProcessUnitOptions")},
    "FeatureProperties": {},
    "ImageProperties": {
        "color_space": (0, "byte"),
        "default_size": (1, "ImageSize"),
    },
    "ImageSize": {"width": (0, "uint"), "height": (1, "uint")},
    "NormalizationOptions": {"mean": (0, "[float]"), "std": (1, "[float]")},
    "Stats": {"max": (0, "[float]"), "min": (1, "[float]")},
}


def encode(values):
    """Returns the flatbuffer of a `ModelMetadata`.

    Args:
        values: Dictionary of its fields; those left out are absent.
    """
    builder = flatbuffers.Builder(1024)
    builder.Finish(_write_table(builder, _ROOT, values), IDENTIFIER)
    return bytes(builder.Output())


def decode(data):
    """Returns the fields of a `ModelMetadata` as `encode` takes them.

    Fields that this module does not know are left out.

    Args:
        data: Bytes of the flatbuffer.
    """
    if data[4:8] != IDENTIFIER:
        raise errors.UserError(
            f"Expected TFLite metadata, which hold {IDENTIFIER} at byte 4. "
            f"Received: {data[4:8]}"
        )
    return _read_table(data, table.Table(data, 0).Indirect(0), _ROOT)


def _write_table(builder, name, values):
    """Writes what a table refers to, then the table; returns its place."""
    slots = []
    for field, value in values.items():
        if field == "kind":
            continue
        place, kind = _FIELDS[name][field]
        if kind in _UNIONS:
            slots.append((place - 1, _CODE, _code(kind, value)))
            kind = value["kind"]
        if kind in _SCALARS:
            slots.append((place, _SCALARS[kind], value))
        else:
            slots.append((place, None, _write(builder, kind, value)))
    builder.StartObject(max((slot[0] for slot in slots), default=-1) + 1)
    for place, flags, value in slots:
        if flags is None:
            builder.PrependUOffsetTRelativeSlot(place, value, 0)
        else:
            builder.PrependSlot(flags, place, value, 0)
    return builder.EndObject()


def _code(union, value):
    """Returns the code of the kind of a union's table."""
    return {name: code for code, name in _UNIONS[union].items()}[value["kind"]]


def _write(builder, kind, value):
    """Writes a string, a vector or a table; returns its place."""
    if kind == _STRING:
        return builder.CreateString(value)
    if not kind.startswith("["):
        return _write_table(builder, kind, value)
    inner, prepend = kind[1:-1], builder.PrependUOffsetTRelative
    if inner == _FLOAT:
        prepend = builder.PrependFloat32
    else:
        value = [_write(builder, inner, part) for part in value]
    builder.StartVector(4, len(value), 4)
    for part in reversed(value):
        prepend(part)
    return builder.EndVector()


def _read_table(data, place, name):
    """Returns the fields of the table at a place."""
    reader = table.Table(data, place)
    found = {}
    for field, (slot, kind) in _FIELDS[name].items():
        offset = reader.Offset(4 + 2 * slot)
        extra = {}
        if offset and kind in _UNIONS:
            code = reader.Get(_CODE, place + reader.Offset(2 + 2 * slot))
            kind = _UNIONS[kind].get(code)
            extra = {"kind": kind}
        if offset and kind:
            value = _read(data, place + offset, kind)
            found[field] = {**extra, **value} if extra else value
    return found


def _read(data, place, kind):
    """Returns the value of a field at a place."""
    reader = table.Table(data, place)
    if kind in _SCALARS:
        return reader.Get(_SCALARS[kind], place)
    if kind == _STRING:
        return reader.String(place).decode()
    start = reader.Indirect(place)
    if not kind.startswith("["):
        return _read_table(data, start, kind)
    count = reader.Get(number_types.UOffsetTFlags, start)
    places = range(start + 4, start + 4 + 4 * count, 4)
    return [_read(data, at, kind[1:-1]) for at in places]
