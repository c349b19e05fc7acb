"""What further training before an export is told, and what came of it."""

import dataclasses

import numpy as np

from ednas_tf import errors

NONE, PRUNE, CLUSTER = "none", "prune", "cluster"
METHODS = (NONE, PRUNE, CLUSTER)


@dataclasses.dataclass(frozen=True)
class Settings:
    """How to train on, by Adam with a cosine from the learning rate to zero.

    Attributes:
        epochs: Passes over the batches.
        learning_rate: Rate of the first step.
        seed: Seed of dropout.
        compress: One of `METHODS`: what weights are brought to, or what of
            them is kept while ranges are learned.
        sparsity: Share of zeros in each kernel, for `prune`.
        clusters: Most different values in each kernel, for `cluster`.
    """

    epochs: int
    learning_rate: float
    seed: int = 0
    compress: str = NONE
    sparsity: float = 0.5
    clusters: int = 16

    def __post_init__(self):
        if self.compress not in METHODS:
            raise errors.unknown_name("compression", self.compress, METHODS)
        for what, value, fits in (
            ("at least one epoch", self.epochs, self.epochs >= 1),
            (
                "a positive learning rate",
                self.learning_rate,
                self.learning_rate > 0,
            ),
            ("a sparsity in (0, 1)", self.sparsity, 0 < self.sparsity < 1),
            ("at least two clusters", self.clusters, self.clusters >= 2),
        ):
            if not fits:
                raise errors.UserError(f"Expected {what}. Received: {value}")


def kernels(model):
    """Yields name and kernel, a NumPy array, of each layer that can train.

    Args:
        model: A Keras model. Taps that an operation fixes are left out.
    """
    for layer in model.layers:
        if layer.trainable and hasattr(layer, "kernel"):
            yield layer.name, np.asarray(layer.kernel)


def describe(model):
    """Counts zeros and different values of each kernel.

    Args:
        model: A Keras model.

    Returns:
        Dictionary of `sparsity`, the share of zeros in all kernels together,
        and the list `layers` with `layer`, `weights`, `sparsity` and `values`,
        how many of its weights differ.
    """
    rows = [
        {
            "layer": name,
            "weights": int(kernel.size),
            "sparsity": float(np.mean(kernel == 0)),
            "values": len(np.unique(kernel)),
        }
        for name, kernel in kernels(model)
    ]
    zeros = sum(row["sparsity"] * row["weights"] for row in rows)
    total = sum(row["weights"] for row in rows)
    return {"sparsity": zeros / max(total, 1), "layers": rows}
