"""Tests of the flatbuffer of TFLite Metadata."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.exporting import metadata_tables

# Written with the classes of tflite-support 0.4.4: the fields below, fields
# that we do not read (version, author, names of dimensions, a locale), and
# thresholds, a kind of process unit that we do not know.
_REFERENCE = (
    "eNplUTFOw0AQHCchmCRIVuQiRYqUFMhyxANiEG06HoAtTslJThzZFoIuBY/gAZSUlEjwCAqe"
    "wAPozdzdWorESeO5Pc/O7t5NASzjeB5iiglCBBjBh1k9RuAZMCPOiC8P+CZ+iCPG8yiOYvIx"
    "URUbVWwV+IseoItxAr16lg1eiScKPPEFxqKCVZqaY9FeE2vgn9/wwI+rY7hDqC0wIOdppvIq"
    "qh9ql+t6GOCEeX6b1+3bvvrOY3HKz64ssjTTua61qqRuaGtPhEc2J5Dzc+nvmXgxczVN0/p7"
    "1nb/4RiJZycD3kVjJG+yN15dp7/ih9hfuvhzwZtPgNvkl9pA5vVZYSizyJnnS2/+wXu1NQ0/"
    "wr2X3qQrJftVme7Wcnf3F67vG5Xn1SzT5V0VQXQ2Iv8ByCI51g=="
)
_IMAGE = {
    "name": "image",
    "content": {
        "content_properties": {
            "kind": "ImageProperties",
            "color_space": metadata_tables.RGB,
            "default_size": {"width": 32, "height": 24},
        }
    },
    "process_units": [
        {
            "options": {
                "kind": "NormalizationOptions",
                "mean": [1.5, 2.5, 3.5],
                "std": [64.0, 32.0, 16.0],
            }
        }
    ],
    "stats": {"max": [2.0], "min": [-1.0]},
}
_OUTPUT = {
    "name": "probabilities",
    "process_units": [{}],
    "associated_files": [
        {"name": "labels.txt", "type": metadata_tables.AXIS_LABELS}
    ],
}
_MODEL = {
    "name": "birds",
    "description": "Tells birds.",
    "subgraph_metadata": [
        {
            "input_tensor_metadata": [_IMAGE],
            "output_tensor_metadata": [_OUTPUT],
        }
    ],
    "min_parser_version": "1.0.0",
}
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def test_what_the_official_library_writes_is_read():
    reference = zlib.decompress(base64.b64decode("".join(_REFERENCE)))
    assert metadata_tables.decode(reference) == _MODEL


def test_what_is_written_comes_back():
    data = metadata_tables.encode(_MODEL)
    assert data[4:8] == b"M001"
    assert metadata_tables.decode(data) == _MODEL


@given(_TEXTS, st.lists(st.floats(width=32, allow_nan=False)))
def test_any_text_and_numbers_come_back(text, numbers):
    tensor = {"description": text, "stats": {"max": numbers}}
    values = {"subgraph_metadata": [{"input_tensor_metadata": [tensor]}]}
    found = metadata_tables.decode(metadata_tables.encode(values))
    assert found == values


def test_numbers_are_floats_of_32_bits():
    unit = {"options": {"kind": "NormalizationOptions", "mean": [0.1]}}
    tensor = {"process_units": [unit]}
    values = {"subgraph_metadata": [{"input_tensor_metadata": [tensor]}]}
    data = metadata_tables.encode(values)
    assert np.float32(0.1).tobytes() in data


def test_other_bytes_are_told():
    with pytest.raises(errors.UserError, match="Expected TFLite metadata"):
        metadata_tables.decode(b"\0\0\0\0TFL3")
