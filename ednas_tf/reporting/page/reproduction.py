"""How to get the same run again: commands, flags, versions, hashes."""

import json
import shlex

from ednas_tf import runs

_AGAIN = "runs/again"
_COMMANDS = ("search", "train", "export", "evaluate")
_STAGES_OF = {
    "search": (runs.ARCHITECTURE, runs.SEARCH),
    "train": (runs.TRAIN,),
    "export": (runs.EXPORT,),
    "evaluate": (runs.METRICS,),
}
_HASHES = ("architecture",)
"""Keys of a stage's configuration that are no flags."""
_GONE = object()
_NEXT = " \\\n  "
"""What stands between the flags of a command."""


def done(record):
    """Returns the stages that have finished, in their order."""
    return [
        stage
        for stage, names in _STAGES_OF.items()
        if all(record.path(name).exists() for name in names)
    ]


def missing(record):
    """Returns what is not there yet: pairs of stage and command.

    A given network may have been trained without a search, which is then not
    missing.
    """
    finished = done(record)
    needless = {"search"} if "train" in finished else set()
    flagfile = record.folder / runs.FLAGS
    return [
        (stage, _NEXT.join(_command(stage, flagfile, record.folder)))
        for stage in _COMMANDS
        if stage not in finished and stage not in needless
    ]


def commands(record):
    """Returns the command lines that repeat the run in a new folder.

    A stage that ran with other flags than `run.flags` holds gets these.
    """
    stages = [s for s in _COMMANDS if s in record.config] or ["search"]
    given = parse(record.flags or "")
    lines = []
    for stage in stages:
        changed = _changed(record.config.get(stage, {}), given)
        command = _command(stage, record.folder / runs.FLAGS, _AGAIN)
        if stage == "search":
            command.append(f"--through={stage}")
        if stage == "train" and "search" not in stages:
            path = record.path(runs.ARCHITECTURE)
            command.append(shlex.quote(f"--architecture={path}"))
        lines.append((command, changed))
    return [_NEXT.join([*command, *changed]) for command, changed in lines]


def parse(text):
    """Returns the values in a flagfile by name, as text; True and False.

    Args:
        text: Lines as `--name=value`, `--name` or `--noname`.
    """
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().lstrip("-").partition("=")
        if not name or line.strip().startswith("#"):
            continue
        if equals:
            found[name] = value
        elif name.startswith("no"):
            found |= {name: True, name[2:]: False}
        else:
            found[name] = True
    return found


def versions(record):
    """Returns the version of each package by name, of the latest stage."""
    for values in (record.export, record.train, record.search):
        if values and values.get("versions"):
            return values["versions"]
    return {}


def settings(record):
    """Returns the flags of each stage as JSON text, by stage."""
    return {
        stage: json.dumps(flags, indent=1, ensure_ascii=False)
        for stage, flags in record.config.items()
    }


def _command(stage, flagfile, workdir):
    parts = [f"--flagfile={flagfile}", f"--workdir={workdir}"]
    return [f"python -m ednas_tf.{stage}", *map(shlex.quote, parts)]


def _changed(flags, given):
    """Returns the flags of a stage that differ from those of the flagfile."""
    found = []
    for name, value in flags.items():
        if name in _HASHES or _same(value, given.get(name, _GONE)):
            continue
        if isinstance(value, bool):
            found.append(f"--{name}" if value else f"--no{name}")
        elif value is not None:
            found.append(shlex.quote(f"--{name}={_told(value)}"))
    return found


def _same(value, given):
    if given is _GONE:
        return value is None
    if isinstance(value, (bool, type(None))):
        return value is given or value is None
    return _told(value) == given


def _told(value):
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
