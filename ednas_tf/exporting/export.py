"""All files of one export, and what `export.json` says about them."""

import functools
import gzip
import hashlib
import itertools
import pathlib

from ednas_tf import data, errors, runs, tasks
from ednas_tf.data import audio
from ednas_tf.exporting import saved_model, tflite, tflite_metadata
from ednas_tf.exporting.tflite_metadata import INSIDE, OUTSIDE
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-export/1"
SAVED_MODEL = "saved_model"
FILES = {SAVED_MODEL: runs.SAVED_MODEL, **runs.TFLITE_FILES}

_VERDICT = ("target", "rules", "checked", "offences")
_FORMULA = "({0} - mean) / std, per channel{1}"


def describe(dataset, preprocessing=OUTSIDE):
    """Returns what a user of the files must know about their inputs.

    Args:
        dataset: A `data.Dataset`, or any object with its `input_shape`,
            `classes`, `mean`, `std` and `kind`; its `task` is classification
            by default.
        preprocessing: `OUTSIDE` if the files take normalised inputs, `INSIDE`
            if they normalise.
    """
    front_end = {}
    if dataset.kind == data.AUDIO:
        front_end = {"audio": audio.describe()}
    return {
        "task": getattr(dataset, "task", tasks.CLASSIFICATION),
        "kind": dataset.kind,
        **front_end,
        "image_shape": list(dataset.input_shape),
        "classes": list(dataset.classes),
        "preprocessing": preprocessing,
        "normalization": {
            "mean": [float(value) for value in dataset.mean],
            "std": [float(value) for value in dataset.std],
            "formula": _formula(dataset.kind, preprocessing),
        },
    }


def export_all(model, formats, run, calibration, description, given=None):
    """Writes a model in several formats, each file whole or not at all.

    TFLite files get labels and normalisation as metadata.

    Args:
        model: Keras model of float32 inputs. They are normalised, or where
            `description` has the preprocessing inside, as they come: what
            `preprocessing.include` returned. Images are then uint8 in the
            files, see `tflite.convert`; features stay float32.
        formats: Some of the keys of `FILES`.
        run: The `runs.Run` to write into.
        calibration: Batches of inputs of the model, float32 of shape `(n,
            height, width, channels)`, for the quantized formats; None without
            them.
        description: What `describe` returned.
        given: Bytes of a TFLite file by format, for those that are not to be
            converted here.

    Returns:
        The content of `export.json`. `artifacts` maps names in the run folder
        to their format, size, hash and signature.
    """
    _check(formats)
    inside = description.get("preprocessing") == INSIDE
    raw = inside and description["kind"] == data.IMAGE
    entries = {}
    if SAVED_MODEL in formats:
        write = functools.partial(saved_model.export, model, raw=raw)
        run.write_with(FILES[SAVED_MODEL], write)
        signature = saved_model.signature(model, raw)
        entries[SAVED_MODEL] = _entry(run, SAVED_MODEL, signature)
    ready = {name: given[name] for name in formats if name in (given or {})}
    others = [name for name in formats if name not in {SAVED_MODEL, *ready}]
    converted = tflite.convert_all(model, others, calibration, raw)
    for name, content in itertools.chain(ready.items(), converted):
        entries[name] = _write_tflite(run, name, content, description)
    found = {FILES[name]: entries[name] for name in formats}
    return {"schema": SCHEMA, **description, "artifacts": found}


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


def recorded(run):
    """Returns what `export.json` says; raises `UserError` if it is broken."""
    try:
        content = json_text.mapping(run.read_text(runs.EXPORT), nonfinite=True)
        for entry in content["artifacts"].values():
            str(entry["sha256"])
        deployment = content.get("deployment")
        for name in _VERDICT if deployment else ():
            str(deployment[name])
        return content
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        told = error if isinstance(error, errors.UserError) else repr(error)
        raise errors.UserError(
            f"{run.path(runs.EXPORT)} is not what an export writes: {told}. "
            "Run the export again with --overwrite."
        ) from error


def _recorded(run):
    """Returns the SHA-256 of each artifact by name, from `export.json`."""
    entries = recorded(run)["artifacts"]
    found = {name: entry["sha256"] for name, entry in entries.items()}
    strange = [name for name in found if name not in FILES.values()]
    if strange:
        raise errors.unknown_name("artifact", strange[0], FILES.values())
    return found


def _formula(kind, preprocessing):
    """Says in words what a network sees of an input."""
    inputs = "image" if kind == data.IMAGE else "features"
    ends = [", image in 0..255"] if kind == data.IMAGE else []
    if preprocessing == INSIDE:
        ends.append("; the files do this themselves")
    return _FORMULA.format(inputs, "".join(ends))


def _write_tflite(run, format, content, description):
    """Writes a TFLite file with metadata; returns its entry."""
    content = tflite_metadata.add(content, description)
    write = functools.partial(_write_bytes, content)
    run.write_with(FILES[format], write)
    packed = len(gzip.compress(content, mtime=0))
    signature = tflite.signature(content)
    return _entry(run, format, {"gzip_bytes": packed, **signature})


def _entry(run, format, found):
    """Returns what `export.json` says about an artifact.

    Args:
        run: The `runs.Run` that holds it.
        format: A key of `FILES`.
        found: Further fields.
    """
    path = run.path(FILES[format])
    return {
        "format": format,
        "bytes": sum(file.stat().st_size for file in _files(path)),
        "sha256": _sha256(path),
        "signature": saved_model.SIGNATURE,
        **found,
    }


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
