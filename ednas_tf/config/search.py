"""Flags of the search."""

import dataclasses

from absl import flags

_SEARCH_EPOCHS = flags.DEFINE_integer(
    "search_epochs", 50, "Passes over the search split.", lower_bound=1
)
_WARMUP_EPOCHS = flags.DEFINE_integer(
    "warmup_epochs",
    2,
    "First epochs of the search, in which only weights are trained.",
    lower_bound=0,
)
_PATHS = flags.DEFINE_integer(
    "paths",
    2,
    "Networks that train in parallel; always one where no operations are "
    "searched.",
    1,
    16,
)
_PATH_INPUTS = flags.DEFINE_enum(
    "path_inputs",
    "split",
    ["split", "shared"],
    "Each path sees its part of the batch, or all of it.",
)
_FEEDBACK = flags.DEFINE_bool(
    "feedback",
    True,
    "Merge the paths' meta-kernels after each step, weighted by their losses.",
)
_SAMPLING = flags.DEFINE_enum(
    "sampling",
    "gumbel",
    ["gumbel", "softmax", "hard"],
    "What a step weighs the operations by. gumbel: random draws around the "
    "alphas, ever closer to one operation. softmax: the probabilities "
    "themselves. hard: one operation at a time, drawn at random.",
)
_TEMPERATURE_START = flags.DEFINE_float(
    "temperature_start",
    5.0,
    "Temperature of the draws in the warm-up and at the first step behind it.",
    1e-3,
    1e3,
)
_TEMPERATURE_END = flags.DEFINE_float(
    "temperature_end",
    0.1,
    "Temperature of the last draws; it falls exponentially, step by step.",
    1e-3,
    1e3,
)
_WEIGHT_LEARNING_RATE = flags.DEFINE_float(
    "weight_learning_rate",
    0.65,
    "Highest rate of the weights in the search, for a batch of 256 or more; "
    "smaller batches get a proportional share.",
    1e-8,
    1e3,
)
_ALPHA_LEARNING_RATE = flags.DEFINE_float(
    "alpha_learning_rate", 0.05, "Adam's rate for the alphas.", 1e-8, 1e3
)
_CHANNEL_LEARNING_RATE = flags.DEFINE_float(
    "channel_learning_rate",
    0.01,
    "Adam's rate for the alphas of channels.",
    1e-8,
    1e3,
)
_WARMUP_FROM = flags.DEFINE_string(
    "warmup_from",
    None,
    "Instead of a warm-up take the weights of another run's, by its folder, "
    "or of a trained Keras file of the same network (.keras as `train` writes "
    "it, or .h5 for images of 0 to 255).",
)
_ALPHA_SPLIT = flags.DEFINE_float(
    "alpha_split",
    0.5,
    "Share of the search split that trains alphas; 0 trains both on one batch.",
    0.0,
    0.9,
)


@flags.multi_flags_validator(
    ["search_epochs", "warmup_epochs"],
    message="must leave an epoch for the alphas: --warmup_epochs below "
    "--search_epochs",
)
def _leaves_epochs(values):
    return values["warmup_epochs"] < values["search_epochs"]


@dataclasses.dataclass(frozen=True)
class SearchConfig:
    """Values of the flags of this file, by the same names."""

    search_epochs: int
    warmup_epochs: int
    paths: int
    path_inputs: str
    feedback: bool
    sampling: str
    temperature_start: float
    temperature_end: float
    weight_learning_rate: float
    alpha_learning_rate: float
    channel_learning_rate: float
    warmup_from: str | None
    alpha_split: float


def from_flags():
    """Returns the values of this file's flags."""
    return SearchConfig(
        search_epochs=_SEARCH_EPOCHS.value,
        warmup_epochs=_WARMUP_EPOCHS.value,
        paths=_PATHS.value,
        path_inputs=_PATH_INPUTS.value,
        feedback=_FEEDBACK.value,
        sampling=_SAMPLING.value,
        temperature_start=_TEMPERATURE_START.value,
        temperature_end=_TEMPERATURE_END.value,
        weight_learning_rate=_WEIGHT_LEARNING_RATE.value,
        alpha_learning_rate=_ALPHA_LEARNING_RATE.value,
        channel_learning_rate=_CHANNEL_LEARNING_RATE.value,
        warmup_from=_WARMUP_FROM.value,
        alpha_split=_ALPHA_SPLIT.value,
    )
