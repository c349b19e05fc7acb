"""The head of a model card, as the Hugging Face Hub reads it."""

import pathlib

import yaml

from ednas_tf import runs, tasks
from ednas_tf.reporting.records import DEPLOYED

_PIPELINES = {
    (tasks.CLASSIFICATION, "image"): "image-classification",
    (tasks.MULTILABEL, "image"): "image-classification",
    (tasks.DETECTION, "image"): "object-detection",
    (tasks.CLASSIFICATION, "audio"): "audio-classification",
}
_FOLDER = "folder:"


def write(record):
    """Returns the YAML between its two lines of dashes.

    What is not known, such as the license, is left out.

    Args:
        record: A `Record`.
    """
    values = {
        "library_name": "keras",
        "pipeline_tag": pipeline(record),
        "tags": _tags(record),
        "datasets": [dataset_name(record)] if record.dataset else None,
        "metrics": [record.headline] if record.headlines else None,
        "model-index": _index(record),
    }
    known = {name: value for name, value in values.items() if value}
    text = yaml.safe_dump(known, sort_keys=False, allow_unicode=False)
    return f"---\n{text}---\n"


def pipeline(record):
    """Returns the task by the names of the Hub, or None if it has none."""
    kind = (record.export or {}).get("kind")
    return _PIPELINES.get((record.task, kind))


def dataset_name(record):
    """Returns the name of the dataset, without where its folder lies."""
    name = str(record.dataset)
    if not name.startswith(_FOLDER):
        return name
    return pathlib.PurePath(name.removeprefix(_FOLDER)).name or "folder"


def _tags(record):
    formats = [
        found.get("format")
        for found in (record.export or {}).get("artifacts", {}).values()
    ]
    integer = [name for name in ("int8", "int16x8") if name in formats]
    lite = any(name in runs.TFLITE_FILES for name in formats)
    return [
        "ednas_tf",
        "neural-architecture-search",
        *(["tflite"] if lite else []),
        *integer,
        *([str(record.target)] if record.target else []),
    ]


def _index(record):
    """Returns the results of the files that go into products."""
    metrics = [
        {
            "type": record.headline,
            "name": f"{record.headline.replace('_', ' ')} of {artifact}",
            "value": record.headlines[artifact],
        }
        for artifact in DEPLOYED
        if artifact in record.headlines
    ]
    if not metrics or not record.dataset:
        return None
    name = dataset_name(record)
    result = {
        "task": {"type": pipeline(record) or record.task},
        "dataset": {"name": name, "type": name, "split": "test"},
        "metrics": metrics,
    }
    return [{"name": record.name, "results": [result]}]
