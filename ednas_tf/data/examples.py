"""What is asked of the data, and what comes back: plain values."""

import dataclasses

import numpy as np

from ednas_tf import errors, tasks

IMAGE, AUDIO, FEATURES = "image", "audio", "features"
"""What the examples of a dataset are."""
SAMPLE_RATES = (4_000, 192_000)
"""Lowest and highest rate of audio, in Hz: telephones are above, and
recorders for studios below."""
_PLURALS = {IMAGE: "images", AUDIO: "audio", FEATURES: "features"}


@dataclasses.dataclass(frozen=True)
class DataSpec:
    """Which data to load, and how to cut them.

    Attributes:
        name: A TFDS name, or several joined with `+`; `folder:DIR`; `digits`.
        data_dir: Folder of prepared TFDS datasets, or None for TFDS's own.
        download: Whether data that is not prepared may be downloaded.
        image_size: Side of the square images, in pixels; an error where the
            examples are none.
        preferred_size: Side of the square images where `image_size` is None;
            None keeps the size that the dataset has. Audio and features
            ignore it.
        sample_rate: Rate of the audio of a dataset that states none, in Hz.
        max_examples: Largest number of training examples (weights, alphas and
            validation together), and of test examples; None for all.
        alpha_split: Share of the training examples that trains alphas, once
            validation is set apart.
        validation_split: Share of the training examples for validation.
        seed: Seed of every random choice of examples.
        task: One of `tasks.TASKS`: which labels examples must have.
        train_split: Splits of a TFDS dataset to train on, in TFDS's syntax;
            None for `train`.
        test_split: Likewise to test on; None for `test` or what is like it.
    """

    name: str
    data_dir: str | None = None
    download: bool = False
    image_size: int | None = None
    preferred_size: int | None = None
    sample_rate: int | None = None
    max_examples: int | None = None
    alpha_split: float = 0.5
    validation_split: float = 0.1
    seed: int = 0
    task: str = tasks.CLASSIFICATION
    train_split: str | None = None
    test_split: str | None = None

    def __post_init__(self):
        if self.task not in tasks.TASKS:
            raise errors.unknown_name("task", self.task, tasks.TASKS)
        for field in ("image_size", "max_examples"):
            value = getattr(self, field)
            if value is not None and value < 1:
                raise errors.UserError(
                    f"Expected --{field} of at least 1. Received: {value}"
                )
        for field in ("alpha_split", "validation_split"):
            value = getattr(self, field)
            if not 0 <= value < 1:
                raise errors.UserError(
                    f"Expected --{field} in [0, 1). Received: {value}"
                )
        if self.seed < 0:
            raise errors.UserError(
                f"Expected --seed of at least 0. Received: {self.seed}"
            )
        if self.sample_rate is not None:
            check_sample_rate(self.sample_rate, "--sample_rate")

    @property
    def side(self):
        """Side that images are brought to, or None to leave them alone."""
        return self.image_size or self.preferred_size

    def check_kind(self, kind):
        """Raises `UserError` for a flag that examples of a kind do not have.

        Args:
            kind: `IMAGE`, `AUDIO` or `FEATURES`.
        """
        for flag, value, owner in (
            ("image_size", self.image_size, IMAGE),
            ("sample_rate", self.sample_rate, AUDIO),
        ):
            if value is not None and kind != owner:
                raise errors.UserError(
                    f"Expected no --{flag} for '{self.name}', which holds "
                    f"{_PLURALS[kind]}. Received: {value}. Remove the flag."
                )


def check_sample_rate(rate, source):
    """Raises `UserError` for a rate in Hz that no audio has."""
    lowest, highest = SAMPLE_RATES
    if not lowest <= rate <= highest:
        raise errors.UserError(
            f"Expected {source} from {lowest} to {highest} Hz. Received: {rate}"
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Examples:
    """Images or features with labels, decoded and held in memory.

    Attributes:
        images: Array of shape `(n, h, w, c)`: uint8 for images, float32 for
            features, of which audio becomes some.
        labels: What is to be told, by task, as `labels` describes it: int32
            classes of shape `(n,)`; float32 of 0 and 1 of shape `(n,
            num_classes)`; or float32 objects of shape `(n, objects, 6)`.
        ids: int64 array of shape `(n,)`, unique in the whole dataset: the
            place of the example among all records. The records of a test
            split count on from those of the training split.
    """

    images: np.ndarray
    labels: np.ndarray
    ids: np.ndarray

    def __post_init__(self):
        if not len(self.images) == len(self.labels) == len(self.ids):
            raise ValueError(
                "Expected as many images as labels and ids. Received: "
                f"{len(self.images)}, {len(self.labels)}, {len(self.ids)}"
            )

    def __len__(self):
        return len(self.labels)

    def take(self, places):
        """Returns the examples at `places` (integers, or a slice)."""
        return Examples(
            self.images[places], self.labels[places], self.ids[places]
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Splits:
    """Disjoint parts of a dataset.

    Attributes:
        weights: Examples that train weights during the search.
        alphas: Examples that train alphas; empty when alphas share `weights`.
        validation: Examples to watch progress with; may be empty.
        test: Examples that nothing is ever chosen by.
    """

    weights: Examples
    alphas: Examples
    validation: Examples
    test: Examples

    @property
    def train(self):
        """Weights and alphas together, for the final training (a copy)."""
        parts = (self.weights, self.alphas)
        return Examples(
            np.concatenate([part.images for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.ids for part in parts]),
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """What a source reads: examples that training and test may use.

    Attributes:
        classes: Names of the classes, by label.
        train: `Examples` to be cut into weights, alphas and validation.
        test: `Examples` of the test split.
        kind: `IMAGE`, `AUDIO` or `FEATURES`.
    """

    classes: tuple
    train: Examples
    test: Examples
    kind: str = IMAGE


@dataclasses.dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset, ready for search and training.

    Attributes:
        name: The name that was asked for.
        input_shape: `(h, w, c)` of every image, or of its like.
        num_classes: Number of classes; for detection, of objects alone.
        classes: Names of the classes, by label.
        mean: Mean of each channel over `splits.train`, of images in 0..255;
            it does not depend on how that is cut into weights and alphas.
        std: Standard deviation of each channel, likewise; 1 where a channel
            is constant.
        splits: The `Splits`.
        kind: `IMAGE`, `AUDIO` or `FEATURES`: what was read. Audio has become
            features by then.
        task: One of `tasks.TASKS`.
    """

    name: str
    input_shape: tuple
    num_classes: int
    classes: tuple
    mean: tuple
    std: tuple
    splits: Splits
    kind: str = IMAGE
    task: str = tasks.CLASSIFICATION
