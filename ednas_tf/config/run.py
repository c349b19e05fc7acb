"""Flags of the run itself: where it writes, and how far it goes."""

import dataclasses

from absl import flags

from ednas_tf import runs

_WORKDIR = flags.DEFINE_string(
    "workdir", None, "Run folder. Default: runs/ and the name of the dataset."
)
_SEED = flags.DEFINE_integer(
    "seed", 0, "Seed of splits, weights, draws and order.", 0, 2**31 - 1
)
_OVERWRITE = flags.DEFINE_bool(
    "overwrite", False, "Delete what this stage and later ones wrote before."
)
_DRY_RUN = flags.DEFINE_bool(
    "dry_run",
    False,
    "Say what would be read, done and written, and write nothing.",
)
_DETERMINISTIC = flags.DEFINE_bool(
    "deterministic", False, "Repeatable to the bit; slower."
)
_PROFILE = flags.DEFINE_bool(
    "profile",
    False,
    "Trace a few steps of each training for TensorBoard, which shows them "
    "with the package tensorboard-plugin-profile.",
)
_THROUGH = flags.DEFINE_enum(
    "through",
    "export",
    ["warmup", *runs.STAGES],
    "Last stage that `search` runs.",
)


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """Values of the flags of this file, by the same names."""

    workdir: str | None
    seed: int
    overwrite: bool
    dry_run: bool
    deterministic: bool
    profile: bool
    through: str


def from_flags():
    """Returns the values of this file's flags."""
    return RunConfig(
        workdir=_WORKDIR.value,
        seed=_SEED.value,
        overwrite=_OVERWRITE.value,
        dry_run=_DRY_RUN.value,
        deterministic=_DETERMINISTIC.value,
        profile=_PROFILE.value,
        through=_THROUGH.value,
    )
