"""All files of one export, and what `export.json` says about them."""

import functools
import hashlib
import json
import pathlib

from ednas_tf import data, errors, runs
from ednas_tf.data import audio
from ednas_tf.exporting import saved_model, tflite

SCHEMA = "ednas-export/1"
SAVED_MODEL = "saved_model"
FILES = {SAVED_MODEL: runs.SAVED_MODEL, **runs.TFLITE_FILES}

_FORMULAS = {
    True: "(image - mean) / std, per channel, image in 0..255",
    False: "(features - mean) / std, per channel",
}


def describe(dataset):
    """Returns what a user of the files must know about their inputs.

    Args:
        dataset: A `data.Dataset`, or any object with its `input_shape`,
            `classes`, `mean`, `std` and `kind`.
    """
    front_end = {}
    if dataset.kind == data.AUDIO:
        front_end = {"audio": audio.describe()}
    return {
        "kind": dataset.kind,
        **front_end,
        "image_shape": list(dataset.input_shape),
        "classes": list(dataset.classes),
        "normalization": {
            "mean": [float(value) for value in dataset.mean],
            "std": [float(value) for value in dataset.std],
            "formula": _FORMULAS[dataset.kind == data.IMAGE],
        },
    }


def export_all(model, formats, run, calibration, description):
    """Writes a model in several formats, each file whole or not at all.

    Args:
        model: Keras model from normalised images to probabilities.
        formats: Some of the keys of `FILES`.
        run: The `runs.Run` to write into.
        calibration: Batches of normalised float32 images `(n, height, width,
            channels)` for the quantized formats; None without them.
        description: What `describe` returned.

    Returns:
        The content of `export.json`. `artifacts` maps names in the run folder
        to their format, size, hash and signature.
    """
    _check(formats)
    entries = {}
    if SAVED_MODEL in formats:
        write = functools.partial(saved_model.export, model)
        run.write_with(FILES[SAVED_MODEL], write)
        inside = saved_model.signature(model)
        entries |= _entry(run, SAVED_MODEL, inside)
    flat = [name for name in formats if name != SAVED_MODEL]
    for name, content in tflite.convert_all(model, flat, calibration):
        write = functools.partial(_write_bytes, content)
        run.write_with(FILES[name], write)
        entries |= _entry(run, name, tflite.signature(content))
    return {"schema": SCHEMA, **description, "artifacts": entries}


def artifacts(run):
    """Finds the files that the last export wrote.

    Args:
        run: The `runs.Run` that holds them.

    Returns:
        Dictionary of name in the run folder to path.

    Raises:
        UserError: If one is missing or has changed since.
    """
    found = {}
    for name, sha256 in _recorded(run).items():
        path = run.path(name)
        if not path.exists():
            raise errors.UserError(
                f"Expected {path}, which {runs.EXPORT} names and which is "
                "missing. Run the export again with --overwrite."
            )
        if _sha256(path) != sha256:
            raise errors.UserError(
                f"{path} is not what {runs.EXPORT} describes: its SHA-256 "
                "differs. Run the export again with --overwrite."
            )
        found[name] = path
    return found


def _check(formats):
    if not formats:
        raise errors.UserError(
            f"Expected formats among {', '.join(FILES)}. Received none."
        )
    for name in formats:
        if name not in FILES:
            raise errors.unknown_name("format", name, FILES)


def _recorded(run):
    """Returns the SHA-256 of each artifact by name, from `export.json`."""
    try:
        entries = json.loads(run.read_text(runs.EXPORT))["artifacts"]
        found = {name: entry["sha256"] for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, errors.UserError):
            raise
        raise errors.UserError(
            f"{run.path(runs.EXPORT)} is not what an export writes: {error!r}. "
            "Run the export again."
        ) from error
    strange = [name for name in found if name not in FILES.values()]
    if strange:
        raise errors.unknown_name("artifact", strange[0], FILES.values())
    return found


def _entry(run, format, inside):
    path = run.path(FILES[format])
    entry = {
        "format": format,
        "bytes": sum(file.stat().st_size for file in _files(path)),
        "sha256": _sha256(path),
        "signature": saved_model.SIGNATURE,
        **inside,
    }
    return {FILES[format]: entry}


def _write_bytes(content, path):
    pathlib.Path(path).write_bytes(content)


def _files(path):
    """Returns the files at a path, sorted: itself or all in the folder."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())


def _sha256(path):
    """Returns the hash of a file, or of the names and hashes in a folder."""
    if path.is_file():
        return runs.sha256(path)
    lines = [
        f"{file.relative_to(path).as_posix()} {runs.sha256(file)}"
        for file in _files(path)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
