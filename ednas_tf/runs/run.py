"""A run folder: one configuration, resumed by the same command."""

import json
import pathlib
import tempfile

from ednas_tf import errors
from ednas_tf.runs import changes, claims, files, names, store
from ednas_tf.untrusted import json_text

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
_STATES = (names.SEARCH_STATE, names.TRAIN_STATE, names.EXPORT_STATE)


class Run(store.Store):
    """A folder that one configuration writes into.

    Args:
        folder: Path of the folder; created when missing.
        defaults: Values that flags have by themselves, by name: a folder of an
            earlier version does not know all of them.
        create: Whether to create it; else it is only checked that one could.
    """

    def __init__(self, folder, defaults=None, create=True):
        self.defaults = json.loads(files.to_json(defaults or {}))
        super().__init__(folder)
        files.check_links(self.folder, names.TOP)
        if not create:
            files.check_creatable(self.folder)
            return
        with files.told(self.folder, "created"):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass

    def open(self, stage, config, overwrite=False):
        """Claims the folder for a stage with its configuration.

        A new stage is begun, one with the same configuration is resumed.

        Args:
            stage: A key of `STAGES`, or `sweep`.
            config: Flags by name that the result of the stage depends on.
            overwrite: Whether to delete what this stage and later ones left.

        Raises:
            UserError: If the stage's files come from other flags, or another
                process works in the folder.
        """
        self.look(stage, config, overwrite)
        self._claim = claims.claim(self.folder)
        if overwrite:
            self.clear(stage)
        self._sweep_up()
        self.write_json(names.CONFIG, {**self._configs(), stage: config})

    def look(self, stage, config, overwrite=False):
        """Raises what `open` would raise, and changes nothing.

        Args:
            stage: A key of `STAGES`, or `sweep`.
            config: Flags by name that the result of the stage depends on.
            overwrite: Whether what the stage left before may go.

        Returns:
            Names of the files that the stage has left there.

        Raises:
            UserError: If the stage's files come from other flags.
        """
        config = json.loads(files.to_json(config))
        self._check_splits(stage, config, overwrite)
        known = self._configs()
        found = self._found(stage)
        if overwrite or not found:
            return found
        if stage not in known:
            raise errors.UserError(
                f"{self.folder} holds {', '.join(found)} of an unknown run. "
                "Choose another --workdir, or --overwrite."
            )
        self._check_same(stage, known[stage], config)
        return found

    def check(self, stage, config):
        """Looks whether a stage may replace its files, before it works.

        Args:
            stage: A key of `STAGES`.
            config: Flags by name that the result of the stage depends on.

        Returns:
            Whether the stage has left files with the same flags before.

        Raises:
            UserError: If stages before it cut the data by other flags.
        """
        found = self.look(stage, config, overwrite=True)
        before = self._configs().get(stage)
        if before is None or not found:
            return False
        now = json.loads(files.to_json(config))
        return not changes.between(before, now, self.defaults)

    def replaced(self, stage, config, written):
        """Notes that a stage has put its files in the place of older ones.

        What it left before and did not write again is deleted now, and so is
        what later stages wrote.

        Args:
            stage: A key of `STAGES`.
            config: Flags by name that the files depend on.
            written: Names of the files.
        """
        for name in (n for n in names.OWNED[stage] if n not in written):
            self.remove(name)
        for later in _from(stage)[1:2]:
            self.clear(later)  # And all that build on it.
        # Half a file may be that of a training under way.
        if claims.attempt(self.folder):
            self._sweep_up()
        self.write_json(names.CONFIG, {**self._configs(), stage: config})

    def clear(self, stage):
        """Deletes what a stage and those after it wrote, nothing else."""
        known = self._configs()
        later = _from(stage)
        # A kill on the way must not leave what was made of files that are
        # gone, nor a state to go on from.
        for each in reversed(later):
            for name in sorted(names.OWNED[each], key=_is_no_state):
                self.remove(name)
        kept = {key: known[key] for key in known if key not in later}
        if self.has(names.CONFIG):
            self.write_json(names.CONFIG, kept)

    def _found(self, stage):
        """Returns the names of the files that a stage has left."""
        return [name for name in names.OWNED[stage] if self.has(name)]

    def _sweep_up(self):
        for rest in self._rests():
            files.remove(rest)

    def _rests(self):
        """Yields where a killed run may have left half of one of our files."""
        stages = (name for names in names.OWNED.values() for name in names)
        for name in (names.CONFIG, names.FLAGS, *stages):
            path = self.path(name)
            yield path.with_name(files.PARTIAL + path.name)
        for state in _STATES:
            yield from self.path(state).glob(f"{files.PARTIAL}*")

    def _configs(self):
        """Returns the configuration of each stage so far."""
        if not self.has(names.CONFIG):
            return {}
        try:
            known = json_text.mapping(self.read_text(names.CONFIG))
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
            if other in gone:
                continue
            shared = {*_SPLITTING} & {*config} & {*flags, *self.defaults}
            changed = changes.between(flags, config, self.defaults, shared)
            if changed:
                mend = ", or --overwrite" if other in _from(stage) else ""
                raise errors.UserError(
                    f"{self.folder} holds a run that cut the data by other "
                    f"flags ({changes.told(changed)}). Go on with "
                    f"{changes.undone(changed)}; or choose another "
                    f"--workdir{mend}."
                )

    def _check_same(self, stage, before, now):
        """Raises `UserError` if a stage was begun with other flags."""
        changed = changes.between(before, now, self.defaults)
        if changed:
            # Stages of one folder may differ in a flag, as in the device that
            # one searches for and exports to: the command is that of the stage.
            raise errors.UserError(
                f"{self.folder} holds a run with other flags "
                f"({changes.told(changed)}). Go on by `python -m "
                f"ednas_tf.{stage}` with {changes.undone(changed)}; or choose "
                "another --workdir, or --overwrite."
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


def _is_no_state(name):
    return name not in _STATES
