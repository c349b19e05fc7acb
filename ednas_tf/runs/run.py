"""A run folder: one configuration, resumed by the same command."""

import csv
import io
import json
import pathlib
import tempfile

from ednas_tf import errors
from ednas_tf.runs import files, names

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


class Run:
    """A folder that one configuration writes into.

    Args:
        folder: Path of the folder; created when missing.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).expanduser()
        with files.told(self.folder, "created"):
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
        config = json.loads(files.to_json(config))
        self._check_splits(stage, config, overwrite)
        if overwrite:
            self.clear(stage)
        for rest in self._rests():
            files.remove(rest)
        known = self._configs()
        found = [name for name in names.OWNED[stage] if self.has(name)]
        if stage in known and found:
            self._check_same(known[stage], config)
        elif found:
            raise errors.UserError(
                f"{self.folder} holds {', '.join(found)} of an unknown run. "
                "Choose another --workdir, or --overwrite."
            )
        self.write_json(names.CONFIG, {**known, stage: config})

    def clear(self, stage):
        """Deletes what a stage and those after it wrote, nothing else."""
        known = self._configs()
        later = _from(stage)
        for name in (name for each in later for name in names.OWNED[each]):
            self.remove(name)
        kept = {key: known[key] for key in known if key not in later}
        if self.has(names.CONFIG):
            self.write_json(names.CONFIG, kept)

    def remove(self, name):
        """Deletes a file or folder of the run, if it is there."""
        with files.told(self.path(name), "deleted"):
            files.remove(self.path(name))

    def read_text(self, name, limit=64_000_000):
        """Returns the text of a file of the run; raises `UserError`."""
        return files.read_text(self.path(name), limit)

    def write_text(self, name, text):
        """Writes a file whole or not at all."""
        files.write_text(self.path(name), text)

    def write_json(self, name, values):
        """Writes values as JSON, whole or not at all."""
        self.write_text(name, files.to_json(values))

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
        files.check_space(self.folder, size)
        target = self.path(name)
        partial = target.with_name(files.PARTIAL + target.name)
        with files.told(target, "written"):
            files.remove(partial)
            partial.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(str(partial))
                if target.is_dir() or partial.is_dir():
                    files.remove(target)
                partial.replace(target)
            finally:
                files.remove(partial)

    def _rests(self):
        """Yields where a killed run may have left half of one of our files."""
        stages = (name for names in names.OWNED.values() for name in names)
        for name in (names.CONFIG, names.FLAGS, *stages):
            path = self.path(name)
            yield path.with_name(files.PARTIAL + path.name)
        for state in (names.SEARCH_STATE, names.TRAIN_STATE):
            yield from self.path(state).glob(f"{files.PARTIAL}*")

    def _configs(self):
        """Returns the configuration of each stage so far."""
        if not self.has(names.CONFIG):
            return {}
        try:
            known = json.loads(self.read_text(names.CONFIG))
            return {stage: dict(known[stage]) for stage in known}
        except (ValueError, TypeError, LookupError) as error:
            raise errors.UserError(
                f"Expected flags by stage in {self.path(names.CONFIG)}: "
                f"{error}. Choose another --workdir, or delete this one."
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
        if self.has(names.FLAGS):
            again = f"Go on with --flagfile={self.path(names.FLAGS)}"
        raise errors.UserError(
            f"{self.folder} holds a run with other flags "
            f"({'; '.join(changed)}). {again}, choose another --workdir, or "
            "--overwrite."
        )


def folder(workdir, dataset):
    """Returns the run folder: the one that is named, or one by the dataset."""
    if workdir:
        return workdir
    name = "".join(c if c.isalnum() else "_" for c in dataset)
    return pathlib.Path("runs") / name.strip("_")


def _from(stage):
    """Returns a stage and those that build on it."""
    stages = list(names.STAGES)
    return stages[stages.index(stage) :] if stage in names.STAGES else [stage]
