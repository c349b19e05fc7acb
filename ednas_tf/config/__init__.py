"""Flags and what they become: the only reader of flags."""

import dataclasses
import itertools
import os

from absl import flags

from ednas_tf.config import (
    cost,
    data,
    device,
    evaluate,
    export,
    lut,
    optimize,
    report,
    run,
    search,
    space,
    sweep,
    train,
)
from ednas_tf.config.launch import start

__all__ = ["Config", "from_flags", "start"]
__all__ += ["cost", "data", "device", "evaluate", "export", "lut", "optimize"]
__all__ += ["report", "run", "search", "space", "sweep", "train"]

_ONCE = ("overwrite", "dry_run", "profile", "runs")
_HELP = ("help", "helpshort", "helpfull")
_PATHS = (
    "workdir",
    "data_dir",
    "lut",
    "architecture",
    "input",
    "model",
    "output",
    "warmup_from",
)
_ABOUT_THE_RUN = (
    "workdir",
    "overwrite",
    "dry_run",
    "profile",
    "through",
    "download",
    "data_dir",
)
_MODULES = {
    "search": (run, data, space, search, device, cost, train),
    "train": (run, data, train),
    "export": (run, data, device, export, optimize),
    "evaluate": (run, data, evaluate),
}
_NO_MATTER = {
    "search": (
        "architecture",
        "train_epochs",
        "learning_rate",
        "init",
        "reparameterize",
    ),
    "train": ("architecture",),
    "export": (
        "batch_size",
        "augment",
        "strict",
        "dtype",
        "threads",
        "kernels",
    ),
    "evaluate": ("batch_size", "augment"),
}
_FOR_TRAINING = ("batch_size", "augment")


@dataclasses.dataclass(frozen=True)
class Config:
    """Everything that the flags say, one part per stage or concern.

    Attributes:
        stages: By stage, the flags that its result depends on.
        defaults: What our flags are by themselves, by name.
        flag_lines: All flags with a value, as lines of a flagfile.
    """

    run: run.RunConfig
    data: data.DataConfig
    space: space.SpaceConfig
    search: search.SearchConfig
    device: device.DeviceConfig
    cost: cost.CostConfig
    train: train.TrainConfig
    export: export.ExportConfig
    optimize: optimize.OptimizeConfig
    evaluate: evaluate.EvaluateConfig
    lut: lut.LutConfig
    sweep: sweep.SweepConfig
    report: report.ReportConfig
    stages: dict
    defaults: dict
    flag_lines: str


def from_flags():
    """Returns the `Config` of the parsed flags."""
    parts = (run, data, space, search, device, cost, train, export)
    parts = (*parts, optimize, evaluate, lut, sweep, report)
    values = {
        part.__name__.rpartition(".")[2]: part.from_flags() for part in parts
    }
    stages = {stage: _values(stage) for stage in _MODULES}
    defaults = {flag.name: flag.default for flag in _ours()}
    return Config(
        **values, stages=stages, defaults=defaults, flag_lines=_lines()
    )


def _values(stage):
    """Values of the flags that the result of a stage depends on."""
    left_out = (*_ABOUT_THE_RUN, *_NO_MATTER[stage])
    if stage == "export":
        chosen = optimize.from_flags()
        left_out = (*left_out, *chosen.idle)
        if chosen.trains:
            left_out = [name for name in left_out if name not in _FOR_TRAINING]
    return {
        flag.name: _anywhere(flag)
        for module in _MODULES[stage]
        for flag in flags.FLAGS.flags_by_module_dict()[module.__name__]
        if flag.name not in left_out
    }


def _lines():
    """All our flags that have a value, as a flagfile for any folder."""
    return "".join(
        _line(flag) + "\n"
        for flag in _ours()
        if flag.value is not None and flag.name not in (*_ONCE, *_HELP)
    )


def _ours():
    """All flags of this package."""
    modules = flags.FLAGS.flags_by_module_dict().items()
    ours = (found for name, found in modules if name.startswith(__name__))
    return itertools.chain.from_iterable(ours)


def _line(flag):
    value = _anywhere(flag)
    return flag.serialize() if value is flag.value else f"--{flag.name}={value}"


def _anywhere(flag):
    """Returns the value of a flag with any path in it for any folder."""
    if flag.value is None:
        return None
    if flag.name in _PATHS:
        return _absolute(flag.value)
    kind, colon, folder = str(flag.value).partition(":")
    if flag.name == "dataset" and kind == "folder" and colon:
        return f"folder:{_absolute(folder)}"
    return flag.value


def _absolute(path):
    return os.path.abspath(os.path.expanduser(path))
