"""Flags of the final training."""

import dataclasses

from absl import flags

_ARCHITECTURE = flags.DEFINE_string(
    "architecture",
    None,
    "Architecture file. Default: architecture.json of the run folder.",
)
_TRAIN_EPOCHS = flags.DEFINE_integer(
    "train_epochs", 100, "Passes over the training split.", lower_bound=1
)
_LEARNING_RATE = flags.DEFINE_float(
    "learning_rate",
    0.65,
    "Highest rate of the final training, for a batch of 256 or more; smaller "
    "batches get a proportional share.",
    1e-8,
    1e3,
)
_WEIGHT_DECAY = flags.DEFINE_float(
    "weight_decay",
    5e-4,
    "Strength of the L2 decay of kernels, in the search too.",
    0.0,
    1.0,
)
_LABEL_SMOOTHING = flags.DEFINE_float(
    "label_smoothing", 0.0, "Share of a label given to all classes.", 0.0, 0.9
)
_REPARAMETERIZE = flags.DEFINE_bool(
    "reparameterize",
    False,
    "Train each slot as a sum of smaller kernels, fused at the end.",
)
_INIT = flags.DEFINE_enum(
    "init",
    "auto",
    ["auto", "scratch", "searched"],
    "Start from new weights or from those of the search; auto: from those of "
    "the search if it chose channels.",
)


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Values of the flags of this file, by the same names."""

    architecture: str | None
    train_epochs: int
    learning_rate: float
    weight_decay: float
    label_smoothing: float
    reparameterize: bool
    init: str


def from_flags():
    """Returns the values of this file's flags."""
    return TrainConfig(
        architecture=_ARCHITECTURE.value,
        train_epochs=_TRAIN_EPOCHS.value,
        learning_rate=_LEARNING_RATE.value,
        weight_decay=_WEIGHT_DECAY.value,
        label_smoothing=_LABEL_SMOOTHING.value,
        reparameterize=_REPARAMETERIZE.value,
        init=_INIT.value,
    )
