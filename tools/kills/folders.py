"""Run folders: whole files, epochs that stay, the same networks."""

import csv
import hashlib
import json
import pathlib
import zipfile

import h5py
import numpy as np

_PARTIAL = "partial-"
_TIMES = ("seconds", "latency_us", "shared_object_id")
"""What no two runs share: times, and addresses in memory."""
_SAVED_MODEL = "saved_model"
_GRAPH = "OBJECT_GRAPH"
_LEFT_OUT = (
    "tensorboard",
    _SAVED_MODEL,
    "checkpoint",
    "log.txt",
    "run.flags",
    "point.flags",
    "config.json",
    "sweep.lock",
    "report.html",
    "MODEL_CARD.md",
    "pareto.png",
)
"""Files that tell of paths, times or what was lost, not of networks."""


def names(folder):
    """Returns the names of the files that a command leaves at its end."""
    found = (path.relative_to(folder) for path in _files(folder))
    return {str(name) for name in found if not _left_out(name)}


def broken_files(folder):
    """Returns a line for each file that is there but not whole."""
    faults = []
    for path in _files(folder):
        if path.name.startswith(_PARTIAL) or _inside_partial(path, folder):
            continue
        try:
            _read(path)
        # What a reader raises on half a file is open.
        except Exception as error:
            faults.append(f"{path} is not whole: {error!r}")
    return faults


def epochs(folder):
    """Returns, by history, its rows up to the last state that was saved."""
    found = {}
    for name, state in (("history.csv", "search"), ("train.csv", "train")):
        for path in sorted(folder.rglob(name)):
            states = (path.parent / "checkpoint" / state).glob("epoch*.json")
            done = [json.loads(each.read_text())["epoch"] for each in states]
            rows = path.read_text().splitlines()[1:]
            found[path] = rows[: max(done, default=0)]
    return found


def repeated_epochs(folder, before):
    """Returns a line for each epoch that was run again though it was saved.

    Args:
        folder: The run folder.
        before: What `epochs` returned earlier.
    """
    faults = []
    for path, rows in before.items():
        now = path.read_text().splitlines()[1:] if path.exists() else []
        for place, row in enumerate(rows):
            # The seconds in a row tell one run of an epoch from another.
            if now[place : place + 1] != [row]:
                faults.append(f"{path}: epoch {place + 1} was run again")
    return faults


def differences(first, second):
    """Returns a line for each file that two runs do not share."""
    faults = []
    for name in sorted(names(first) | names(second)):
        one, other = first / name, second / name
        if not (one.exists() and other.exists()):
            faults.append(f"{name} is in one folder only")
        elif _content(one, first) != _content(other, second):
            faults.append(f"{name} differs")
    for one in sorted(first.rglob(_SAVED_MODEL)):
        other = second / one.relative_to(first)
        if other.exists() and _variables(one) != _variables(other):
            faults.append(f"{one.relative_to(first)} has other weights")
    return faults


def _files(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _left_out(name):
    parts = pathlib.Path(name).parts
    return any(part in _LEFT_OUT or part.startswith(_PARTIAL) for part in parts)


def _inside_partial(path, folder):
    return any(
        part.startswith(_PARTIAL) for part in path.relative_to(folder).parts
    )


def _read(path):
    """Reads a file as its kind is read; raises on half of one."""
    if path.suffix == ".json":
        json.loads(path.read_text())
    elif path.suffix == ".csv":
        rows = list(csv.reader(path.read_text().splitlines()))
        if {len(row) for row in rows} - {len(rows[0])}:
            raise ValueError("rows of different lengths")
    elif path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise ValueError("a broken archive")
    elif path.suffix == ".h5":
        _weights(path)
    elif path.suffix == ".tflite" and path.read_bytes()[4:8] != b"TFL3":
        raise ValueError("no TFLite file")


def _content(path, folder):
    """Returns what two runs must share of a file."""
    if path.suffix == ".json":
        values = json.loads(path.read_text())
        # TensorFlow writes no SavedModel twice with the same bytes.
        values.get("artifacts", {}).pop(_SAVED_MODEL, None)
        text = json.dumps(_timeless(values))
        return text.replace(str(folder), "")
    if path.suffix == ".csv":
        rows = csv.DictReader(path.read_text().splitlines())
        return [_timeless(row) for row in rows]
    if path.suffix == ".keras":
        return _network(path)
    return path.read_bytes()


def _timeless(values):
    """Returns values without the times in them."""
    if isinstance(values, dict):
        return {
            key: _timeless(value)
            for key, value in values.items()
            if key not in _TIMES
        }
    if isinstance(values, list):
        return [_timeless(value) for value in values]
    return values


def _network(path):
    """Returns the structure and the hash of the weights of a Keras file."""
    with zipfile.ZipFile(path) as archive:
        structure = _timeless(json.loads(archive.read("config.json")))
        with archive.open("model.weights.h5") as file:
            return structure, _weights(file)


def _variables(folder):
    """Returns the arrays of a SavedModel, the order of their names aside."""
    import tensorflow as tf  # It takes seconds; tests of this file need none.

    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    names = reader.get_variable_to_shape_map()
    arrays = (reader.get_tensor(name) for name in names if _GRAPH not in name)
    return sorted((a.shape, np.asarray(a).tobytes()) for a in arrays)


def _weights(file):
    """Returns the hash of all arrays of an HDF5 file."""
    digest = hashlib.sha256()

    def add(name, node):
        if isinstance(node, h5py.Dataset):
            digest.update(name.encode() + np.asarray(node).tobytes())

    with h5py.File(file, "r") as opened:
        opened.visititems(add)
    return digest.hexdigest()
