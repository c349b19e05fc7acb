"""The run folder: its names, and writes that never leave half a file."""

import contextlib
import csv
import hashlib
import io
import json
import os
import pathlib
import shutil
import tempfile

from ednas_tf import errors

ARCHITECTURE = "architecture.json"
SEARCH = "search.json"
CONFIG = "config.json"
FLAGS = "run.flags"
HISTORY = "history.csv"
ALPHAS = "alphas.csv"
TENSORBOARD = "tensorboard"
SEARCH_STATE = "checkpoint/search"
TRAIN_STATE = "checkpoint/train"
SEARCHED = "checkpoint/searched.weights.h5"
WARMUP = "warmup.json"
WARMED_UP = "checkpoint/warmup.weights.h5"
CHANNELS = "channels.json"
CHANNEL_HISTORY = "channels.csv"
MODEL = "model.keras"
TRAIN = "train.json"
TRAIN_HISTORY = "train.csv"
REPARAMETERIZATION = "reparameterization.csv"
SAVED_MODEL = "saved_model"
TIDL = "tidl"
MICRO = "micro"
QUANTIZATION = "quantization.csv"
ANCHORS = "anchors.csv"
COMPRESSED = "compressed.keras"
TFLITE_FILES = {
    "float": "model.tflite",
    "float16": "model_float16.tflite",
    "dynamic": "model_dynamic.tflite",
    "int8": "model_int8.tflite",
    "int16x8": "model_int16x8.tflite",
}
EXPORT = "export.json"
METRICS = "metrics.json"
DETECTIONS = "detections.png"
POINTS = "points"
POINT = "point.json"
POINT_FLAGS = "point.flags"
POINT_LOG = "log.txt"
SHARED_WARMUP = "warmup"
PARETO = "pareto.json"
PARETO_TABLE = "pareto.csv"
PARETO_PLOT = "pareto.png"

STAGES = {
    "search": (
        ARCHITECTURE,
        SEARCH,
        HISTORY,
        ALPHAS,
        SEARCH_STATE,
        SEARCHED,
        WARMUP,
        WARMED_UP,
        CHANNELS,
        CHANNEL_HISTORY,
        f"{TENSORBOARD}/search",
    ),
    "train": (
        MODEL,
        TRAIN,
        TRAIN_HISTORY,
        TRAIN_STATE,
        REPARAMETERIZATION,
        f"{TENSORBOARD}/train",
    ),
    "export": (
        SAVED_MODEL,
        EXPORT,
        *TFLITE_FILES.values(),
        QUANTIZATION,
        ANCHORS,
        COMPRESSED,
        TIDL,
        MICRO,
    ),
    "evaluate": (METRICS, DETECTIONS),
}
"""What each stage writes, in the order in which they run."""
_OWNED = {
    **STAGES,
    "sweep": (POINTS, SHARED_WARMUP, PARETO, PARETO_TABLE, PARETO_PLOT),
}
_SPLITTING = (
    "dataset",
    "task",
    "train_split",
    "test_split",
    "seed",
    "max_examples",
    "image_size",
    "sample_rate",
    "validation_split",
)
"""Flags that cut the data: other values would test on training examples."""
_PARTIAL = "partial-"

_SPARE_BYTES = 300_000
"""Room for the names and the structure in files of weights."""


class Run:
    """A folder that one configuration writes into.

    Args:
        folder: Path of the folder; created when missing.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).expanduser()
        with _told(self.folder, "created"):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass

    def path(self, name):
        """Returns the path of a file of the run."""
        return self.folder / name

    def has(self, *names):
        """Whether all these files exist."""
        return all(self.path(name).exists() for name in names)

    def open(self, stage, config, overwrite=False):
        """Claims the folder for a stage with its configuration.

        A new stage is begun, one with the same configuration is resumed.

        Args:
            stage: A key of `STAGES`, or `sweep`.
            config: Flags by name that the result of the stage depends on.
            overwrite: Whether to delete what this stage and later ones left.

        Raises:
            UserError: If the stage's files come from other flags.
        """
        config = json.loads(to_json(config))
        self._check_splits(stage, config, overwrite)
        if overwrite:
            self.clear(stage)
        for rest in self._rests():
            _remove(rest)
        known = self._configs()
        found = [name for name in _OWNED[stage] if self.has(name)]
        if stage in known and found:
            self._check_same(known[stage], config)
        elif found:
            raise errors.UserError(
                f"{self.folder} holds {', '.join(found)} of an unknown run. "
                "Choose another --workdir, or --overwrite."
            )
        self.write_json(CONFIG, {**known, stage: config})

    def clear(self, stage):
        """Deletes what a stage and those after it wrote, nothing else."""
        known = self._configs()
        later = _from(stage)
        for name in (name for each in later for name in _OWNED[each]):
            self.remove(name)
        kept = {key: known[key] for key in known if key not in later}
        if self.has(CONFIG):
            self.write_json(CONFIG, kept)

    def remove(self, name):
        """Deletes a file or folder of the run, if it is there."""
        with _told(self.path(name), "deleted"):
            _remove(self.path(name))

    def read_text(self, name, limit=64_000_000):
        """Returns the text of a file of the run; raises `UserError`."""
        return read_text(self.path(name), limit)

    def write_text(self, name, text):
        """Writes a file whole or not at all."""
        write_text(self.path(name), text)

    def write_json(self, name, values):
        """Writes values as JSON, whole or not at all."""
        self.write_text(name, to_json(values))

    def write_rows(self, name, rows):
        """Writes dictionaries as CSV; the first names the columns."""
        buffer = io.StringIO()
        if rows:
            columns = list(dict.fromkeys(key for row in rows for key in row))
            writer = csv.DictWriter(buffer, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        self.write_text(name, buffer.getvalue())

    def read_rows(self, name):
        """Returns the rows of a CSV file, empty when there is none."""
        if not self.has(name):
            return []
        return list(csv.DictReader(io.StringIO(self.read_text(name))))

    def seconds(self, name):
        """Returns the time of all epochs of a history, broken runs included."""
        return round(sum(float(r["seconds"]) for r in self.read_rows(name)), 1)

    def write_with(self, name, write, size=0):
        """Lets `write(path)` make a file or folder, then renames it.

        Args:
            name: Name in the run folder.
            write: Function of a path that ends in the same suffix.
            size: Bytes that it will take, as far as known.
        """
        check_space(self.folder, size)
        target = self.path(name)
        partial = target.with_name(_PARTIAL + target.name)
        with _told(target, "written"):
            _remove(partial)
            partial.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(str(partial))
                if target.is_dir() or partial.is_dir():
                    _remove(target)
                partial.replace(target)
            finally:
                _remove(partial)

    def _rests(self):
        """Yields where a killed run may have left half of one of our files."""
        stages = (name for names in _OWNED.values() for name in names)
        for name in (CONFIG, FLAGS, *stages):
            path = self.path(name)
            yield path.with_name(_PARTIAL + path.name)
        for state in (SEARCH_STATE, TRAIN_STATE):
            yield from self.path(state).glob(f"{_PARTIAL}*")

    def _configs(self):
        """Returns the configuration of each stage so far."""
        if not self.has(CONFIG):
            return {}
        try:
            known = json.loads(self.read_text(CONFIG))
            return {stage: dict(known[stage]) for stage in known}
        except (ValueError, TypeError, LookupError) as error:
            raise errors.UserError(
                f"Expected flags by stage in {self.path(CONFIG)}: {error}. "
                "Choose another --workdir, or delete this one."
            ) from error

    def _check_splits(self, stage, config, overwrite):
        """Raises `UserError` if another stage that stays cut the data apart."""
        gone = _from(stage) if overwrite else [stage]
        for other, flags in self._configs().items():
            if other not in gone:
                shared = {*_SPLITTING} & {*config} & {*flags}
                self._check_same(flags, config, shared)

    def _check_same(self, before, now, keys=None):
        changed = [
            f"--{key} was {before.get(key)}, is {now.get(key)}"
            for key in sorted(keys if keys is not None else {*before, *now})
            if before.get(key) != now.get(key)
        ]
        if not changed:
            return
        again = "Go on with the same flags"
        if self.has(FLAGS):
            again = f"Go on with --flagfile={self.path(FLAGS)}"
        raise errors.UserError(
            f"{self.folder} holds a run with other flags "
            f"({'; '.join(changed)}). {again}, choose another --workdir, or "
            "--overwrite."
        )


def to_json(values):
    """Returns values as indented JSON with a line break at the end."""
    return json.dumps(values, indent=2) + "\n"


def read_text(path, limit=64_000_000):
    """Reads a text file of bounded size; raises `UserError`."""
    path = pathlib.Path(path).expanduser()
    try:
        if path.stat().st_size > limit:
            raise errors.UserError(
                f"Expected at most {limit} bytes in {path}. Found: "
                f"{path.stat().st_size}."
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise errors.UserError(
            f"Expected the file {path}, which is missing."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise errors.UserError(f"{path} cannot be read: {error}.") from error


def write_text(path, text):
    """Writes a text file under another name first, then renames it."""
    path = pathlib.Path(path)
    partial = path.with_name(_PARTIAL + path.name)
    with _told(path, "written"):
        try:
            with open(partial, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def check_space(folder, size):
    """Raises `UserError` unless the disk has room for `size` bytes.

    HDF5 crashes the process, after the message, where a disk fills up under
    it; what it writes is asked for here first.
    """
    with _told(folder, "written"):
        free = shutil.disk_usage(folder).free
    if free < size + _SPARE_BYTES:
        raise errors.UserError(
            f"Expected {size + _SPARE_BYTES:,} free bytes for {folder}. Found: "
            f"{free:,}. Free some space; the same command goes on."
        )


def sha256(path):
    """Returns the SHA-256 of a file as hexadecimal text."""
    path = pathlib.Path(path).expanduser()
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_seed(seed, deterministic=False):
    """Seeds Python, NumPy, TensorFlow and Keras.

    Args:
        seed: The seed.
        deterministic: Whether operators must give the same bits every time.
    """
    # Not at the top: help and flag errors answer without TensorFlow.
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()


def folder(workdir, dataset):
    """Returns the run folder: the one that is named, or one by the dataset."""
    if workdir:
        return workdir
    name = "".join(c if c.isalnum() else "_" for c in dataset)
    return pathlib.Path("runs") / name.strip("_")


@contextlib.contextmanager
def _told(path, what):
    """Turns a failure of the disk into one line."""
    try:
        yield
    except OSError as error:
        raise errors.UserError(
            f"{path} cannot be {what}: {error.strerror or error}. Free some "
            "space or choose another --workdir."
        ) from error


def _from(stage):
    """Returns a stage and those that build on it."""
    stages = list(STAGES)
    return stages[stages.index(stage) :] if stage in STAGES else [stage]


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
