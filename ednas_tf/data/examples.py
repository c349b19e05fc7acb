"""What is asked of the data, and what comes back: plain values."""

import dataclasses

import numpy as np

from ednas_tf import errors


@dataclasses.dataclass(frozen=True)
class DataSpec:
    """Which data to load, and how to cut them.

    Attributes:
        name: A TFDS name, `folder:DIR`, or `digits`.
        data_dir: Folder of prepared TFDS datasets, or None for TFDS's own.
        download: Whether data that is not prepared may be downloaded.
        image_size: Side of the square images, in pixels; None keeps the size
            that the dataset has.
        max_examples: Largest number of training examples (weights, alphas and
            validation together), and of test examples; None for all.
        alpha_split: Share of the training examples that trains alphas, once
            validation is set apart.
        validation_split: Share of the training examples for validation.
        seed: Seed of every random choice of examples.
    """

    name: str
    data_dir: str | None = None
    download: bool = False
    image_size: int | None = None
    max_examples: int | None = None
    alpha_split: float = 0.5
    validation_split: float = 0.1
    seed: int = 0

    def __post_init__(self):
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


@dataclasses.dataclass(frozen=True, eq=False)
class Examples:
    """Images with labels, decoded and held in memory.

    Attributes:
        images: uint8 array of shape `(n, h, w, c)`.
        labels: int32 array of shape `(n,)`.
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
    """

    classes: tuple
    train: Examples
    test: Examples


@dataclasses.dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset, ready for search and training.

    Attributes:
        name: The name that was asked for.
        input_shape: `(h, w, c)` of every image.
        num_classes: Number of classes.
        classes: Names of the classes, by label.
        mean: Mean of each channel over `splits.train`, in 0..255; it does not
            depend on how that is cut into weights and alphas.
        std: Standard deviation of each channel, likewise; 1 where a channel
            is constant.
        splits: The `Splits`.
    """

    name: str
    input_shape: tuple
    num_classes: int
    classes: tuple
    mean: tuple
    std: tuple
    splits: Splits
