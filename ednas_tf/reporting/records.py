"""What a run folder holds, read once for every report on it.

A run may have stopped after any stage, so that everything may be missing.
"""

import dataclasses
import datetime
import pathlib

from ednas_tf import errors, runs, tasks
from ednas_tf.reporting import forms
from ednas_tf.spaces import Architecture
from ednas_tf.spaces import architecture as architectures

_EVIDENCE = (
    runs.METRICS,
    runs.EXPORT,
    runs.TRAIN,
    runs.TRAIN_HISTORY,
    runs.MODEL,
    runs.SEARCH,
    runs.ARCHITECTURE,
    runs.HISTORY,
    runs.WARMUP,
)
"""Files that only a run leaves, the latest first."""
_FILES = runs.TFLITE_FILES
DEPLOYED = (
    _FILES["int8"],
    _FILES["int16x8"],
    _FILES["dynamic"],
    _FILES["float16"],
    _FILES["float"],
    runs.SAVED_MODEL,
    runs.MODEL,
)
"""Artifacts, that first which most probably goes into the product."""
FLOAT = (_FILES["float"], runs.SAVED_MODEL, runs.MODEL)
"""Artifacts that compute in float32, the most deployed first."""


@dataclasses.dataclass(frozen=True)
class Record:
    """A run folder as values.

    Attributes:
        folder: Path of the folder.
        name: Last part of the path.
        written: Time at which the latest result was written, or None.
        config: Flags by name, by stage.
        flags: Text of `run.flags`, or None.
        architecture: An `Architecture`, or None.
        search, train, export, metrics: What the JSON files of these stages
            hold, or None.
        warmup: What `warmup.json` holds, or None.
        mistakes: What `mistakes.json` holds, or None.
        history, train_history: Rows of a search and of a training, by epoch.
        alphas: Rows of `epoch, slot, operation, alpha, probability`.
        channels: Rows of `epoch, group, size, channels`.
        costs: Rows of `node, operator, slot, ...` with a column for each cost.
        quantization, reparameterization: Rows of these reports.
        confusion: Rows of `artifact, label, predicted, count`.
        sweep: What `pareto.json` of the sweep that it is a point of holds, or
            None.
    """

    folder: pathlib.Path
    name: str
    written: datetime.datetime | None = None
    config: dict = dataclasses.field(default_factory=dict)
    flags: str | None = None
    architecture: Architecture | None = None
    search: dict | None = None
    train: dict | None = None
    export: dict | None = None
    metrics: dict | None = None
    warmup: dict | None = None
    mistakes: dict | None = None
    history: list = dataclasses.field(default_factory=list)
    train_history: list = dataclasses.field(default_factory=list)
    alphas: list = dataclasses.field(default_factory=list)
    channels: list = dataclasses.field(default_factory=list)
    costs: list = dataclasses.field(default_factory=list)
    quantization: list = dataclasses.field(default_factory=list)
    reparameterization: list = dataclasses.field(default_factory=list)
    confusion: list = dataclasses.field(default_factory=list)
    sweep: dict | None = None

    def flag(self, name, stages=tuple(runs.STAGES)):
        """Returns the value of a flag in the first stage that knows it."""
        for stage in stages:
            if self.config.get(stage, {}).get(name) is not None:
                return self.config[stage][name]
        return None

    @property
    def seed(self):
        """Seed of the search, or of the training of a given network."""
        return self.flag("seed")

    @property
    def dataset(self):
        """Name of the dataset, or None."""
        return self.flag("dataset")

    @property
    def target(self):
        """Device that the costs are of, else that of the export, or None."""
        if self.architecture is not None and self.architecture.target:
            return self.architecture.target
        return self.flag("target")

    @property
    def task(self):
        """What the network tells, one of `tasks.TASKS`."""
        if self.architecture is not None:
            return self.architecture.skeleton.task
        task = self.flag("task")
        return task if task in tasks.TASKS else tasks.CLASSIFICATION

    @property
    def classes(self):
        """Names of the classes; empty where nobody recorded them."""
        if self.architecture is not None and self.architecture.classes:
            return tuple(map(str, self.architecture.classes))
        return tuple((self.export or {}).get("classes", ()))

    @property
    def budgets(self):
        """`{"budget", "met"}` by name of the cost; empty without any."""
        return (self.search or {}).get("budgets", {})

    @property
    def costs_found(self):
        """Costs of the network that was found, by name; None if unknown."""
        known = (self.search or {}).get("costs", {})
        if self.architecture is not None:
            known = {**known, **self.architecture.costs}
        return known

    @property
    def measured(self):
        """Figures of `metrics.json` by artifact; empty without them."""
        return (self.metrics or {}).get("artifacts", {})

    @property
    def headline(self):
        """Name of the figure by which networks of this task are compared."""
        return tasks.HEADLINES[self.task]

    @property
    def headlines(self):
        """That figure by artifact, as far as measured."""
        known = {
            name: row.get(self.headline) for name, row in self.measured.items()
        }
        return {n: value for n, value in known.items() if value is not None}

    @property
    def deployed(self):
        """Name of the measured artifact that goes into the product, or None."""
        return first_of(DEPLOYED, self.headlines)

    @property
    def float_artifact(self):
        """Name of the measured artifact that computes in float, or None."""
        return first_of(FLOAT, self.headlines)

    def path(self, name):
        """Returns the path of a file of the run."""
        return self.folder / name


def read(folder):
    """Reads a run folder.

    Args:
        folder: Path of the folder.

    Returns:
        A `Record`.

    Raises:
        UserError: If it is no run folder, or one of its files is broken.
    """
    folder = pathlib.Path(folder).expanduser()
    config, found = _evidence(folder)
    return Record(
        folder=folder,
        name=folder.resolve().name,
        written=_written(folder, found),
        config=config,
        flags=_text(folder / runs.FLAGS),
        architecture=_architecture(folder / runs.ARCHITECTURE),
        search=forms.read_json(folder / runs.SEARCH),
        train=forms.read_json(folder / runs.TRAIN),
        export=forms.read_json(folder / runs.EXPORT),
        metrics=forms.read_json(folder / runs.METRICS),
        warmup=forms.read_json(folder / runs.WARMUP),
        mistakes=forms.read_json(folder / runs.MISTAKES),
        sweep=_sweep(folder),
        **{
            field: forms.read_rows(folder / name)
            for field, name in _TABLES.items()
        },
    )


_TABLES = {
    "history": runs.HISTORY,
    "train_history": runs.TRAIN_HISTORY,
    "alphas": runs.ALPHAS,
    "channels": runs.CHANNEL_HISTORY,
    "costs": runs.COSTS,
    "quantization": runs.QUANTIZATION,
    "reparameterization": runs.REPARAMETERIZATION,
    "confusion": runs.CONFUSION,
}


def _evidence(folder):
    """Returns the configuration of a run folder, and which files prove it."""
    if not folder.is_dir():
        raise errors.UserError(
            f"Expected a run folder. Received: {folder}, which "
            f"{'is a file' if folder.exists() else 'is not there'}."
        )
    config = forms.read_json(folder / runs.CONFIG) or {}
    found = [name for name in _EVIDENCE if (folder / name).exists()]
    if not found and not set(config) & set(runs.STAGES):
        raise errors.UserError(
            f"Expected a run folder, with {runs.CONFIG} or "
            f"{runs.ARCHITECTURE}. Received: {folder}, which holds neither."
        )
    return config, found


def first_of(order, known):
    """Returns the first name of an order that is known, or None."""
    return next((name for name in order if name in known), None)


def _written(folder, found):
    """Returns when the latest result was written, or None."""
    times = [(folder / name).stat().st_mtime for name in found]
    if not times:
        return None
    return datetime.datetime.fromtimestamp(max(times))


def _text(path):
    return runs.read_text(path) if path.exists() else None


def _architecture(path):
    if not path.exists():
        return None
    text = runs.read_text(path)
    try:
        found = architectures.from_json(text)
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error
    forms.check_costs(found.costs, path)
    return found


def _sweep(folder):
    """Returns what the sweep that a folder is a point of found, or None."""
    points = folder.resolve().parent
    if points.name != runs.POINTS:
        return None
    return forms.read_json(points.parent / runs.PARETO)
