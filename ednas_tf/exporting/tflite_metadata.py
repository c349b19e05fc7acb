"""Labels and normalisation inside a TFLite file, where apps look for them.

TensorFlow Lite Metadata are a flatbuffer of their own in an entry of the
file; the labels are a ZIP archive behind its end, where any tool that unzips
finds them too.
"""

import io
import struct
import zipfile

from ednas_tf import data, errors, tasks
from ednas_tf.exporting import metadata_entry, tflite
from ednas_tf.exporting import metadata_tables as tables

ENTRY = b"TFLITE_METADATA"
LABELS = "labels.txt"
INSIDE, OUTSIDE = "inside", "outside"
"""Where `description["preprocessing"]` says that normalisation happens."""
_PARSER = "1.0.0"  # The first version of the schema has all that is used.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # The same network gives the same bytes.
_LARGEST = 255.0
_MOST_BYTES = 10_000_000  # Of the names of classes, unpacked.
_COLORS = {1: tables.GRAYSCALE, 3: tables.RGB}
_FEATURES = {"content_properties": {"kind": "FeatureProperties"}}
_BOXES = "boxes"
_OUTPUTS = {
    tasks.CLASSIFICATION: "Probability of each class; they sum to one.",
    tasks.MULTILABEL: "Probability of each class, each on its own.",
    tasks.DETECTION: "Probability of each class, for each anchor.",
}
_OFFSETS = "Place and size of a box relative to each anchor, encoded."


def add(content, description):
    """Returns a TFLite file with metadata and labels.

    Args:
        content: Bytes of the file; metadata that `add` made are replaced.
        description: Dictionary of `kind`, `image_shape`, `classes` and
            `normalization` as `export.describe` returns it, of
            `preprocessing`, which is `OUTSIDE` by default, and of `task`.
    """
    content = remove(content)
    values = _model(tflite.signature(content), description)
    entry = tables.encode(values)
    packed = io.BytesIO(metadata_entry.insert(content, ENTRY, entry))
    with zipfile.ZipFile(packed, "a") as archive:
        # Readers on phones want it stored, which is the default.
        labels = zipfile.ZipInfo(LABELS, _LONG_AGO)
        archive.writestr(labels, _lines(description["classes"]))
    return packed.getvalue()


def read(content):
    """Returns the metadata of a TFLite file.

    Args:
        content: Bytes of the file.

    Returns:
        Dictionary of the fields of `ModelMetadata`, and of `files`: text by
        name of file. Empty for a file without metadata.
    """
    try:
        found = metadata_entry.find(content, ENTRY)
        if found is None:
            return {}
        files = {"files": _files(content)}
        return {**tables.decode(content[found]), **files}
    except (struct.error, TypeError, UnicodeDecodeError) as error:
        raise errors.UserError(
            f"The metadata of the TFLite file are corrupt: {error}. Export "
            "the file again."
        ) from error


def remove(content):
    """Returns the file without what `add` added, padded to 16 bytes.

    Args:
        content: Bytes of a file, which come back if it has no metadata.
    """
    return metadata_entry.remove(content, ENTRY)


def _model(signature, description):
    """Returns the fields of `ModelMetadata`.

    Args:
        signature: What `tflite.signature` returned, in the order of the
            file's tensors.
        description: As in `add`.
    """
    task = description.get("task", tasks.CLASSIFICATION)
    (image,) = signature["inputs"]
    graph = {
        "input_tensor_metadata": [_input(image, description)],
        "output_tensor_metadata": [
            _output(entry["name"], task) for entry in signature["outputs"]
        ],
    }
    return {
        "name": f"ednas_tf {task}",
        "description": f"A network for {task}, made by ednas_tf.",
        "subgraph_metadata": [graph],
        "min_parser_version": _PARSER,
    }


def _input(entry, description):
    """Returns the fields of `TensorMetadata` of the input."""
    numbers = description["normalization"]
    mean, std = numbers["mean"], numbers["std"]
    if description.get("preprocessing", OUTSIDE) == INSIDE:
        mean, std = [0.0], [1.0]
    norm = {"kind": "NormalizationOptions", "mean": mean, "std": std}
    fields = {"name": entry["name"], "process_units": [{"options": norm}]}
    if description["kind"] != data.IMAGE:
        return {
            **fields,
            "description": "Features: (feature - mean) / std.",
            "content": _FEATURES,
        }
    channels = list(zip(mean, std, strict=True))
    height, width, depth = description["image_shape"]
    return {
        **fields,
        "description": f"Image of {height}x{width} pixels: (value - mean) / "
        "std of values in 0..255.",
        "content": _image_content(height, width, depth),
        "stats": {
            "max": [(_LARGEST - mean) / std for mean, std in channels],
            "min": [-mean / std for mean, std in channels],
        },
    }


def _image_content(height, width, depth):
    properties = {
        "kind": "ImageProperties",
        "default_size": {"width": width, "height": height},
    }
    if depth in _COLORS:
        properties["color_space"] = _COLORS[depth]
    return {"content_properties": properties}


def _output(name, task):
    """Returns the fields of `TensorMetadata` of an output."""
    fields = {"name": name, "content": _FEATURES}
    if name == _BOXES:
        return {**fields, "description": _OFFSETS}
    labels = {
        "name": LABELS,
        "description": "Name of the class at each place of the last axis.",
        "type": tables.AXIS_LABELS,
    }
    return {
        **fields,
        "description": _OUTPUTS[task],
        "stats": {"max": [1.0], "min": [0.0]},
        "associated_files": [labels],
    }


def _lines(classes):
    """Returns a line for each class, whatever its name holds."""
    return "".join(f"{' '.join(name.splitlines())}\n" for name in classes)


def _files(content):
    """Returns the files behind the end of a TFLite file, as text by name."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(each.file_size for each in members) > _MOST_BYTES:
                return {}
            return {m.filename: archive.read(m).decode() for m in members}
    except zipfile.BadZipFile:
        return {}
