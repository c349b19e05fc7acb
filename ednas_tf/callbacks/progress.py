"""What a training shows while it runs."""

import time

import keras

FIGURES = (
    "loss",
    "accuracy",
    "pr_auc",
    "val_loss",
    "val_accuracy",
    "val_pr_auc",
)
"""What an epoch of a training is told by."""


class Progress(keras.callbacks.Callback):
    """Prints one line per epoch.

    Args:
        label: What is being trained.
        epochs: All epochs.
    """

    def __init__(self, label, epochs):
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.first = None

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        if self.first is None:
            self.first, self.began = epoch, time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Prints the figures and the time left."""
        spent = time.perf_counter() - self.began
        left = spent / (epoch + 1 - self.first) * (self.epochs - epoch - 1)
        shown = [f"{name} {value:.4g}" for name, value in _shown(logs)]
        print(
            f"{self.label} {epoch + 1}/{self.epochs}: {', '.join(shown)}, "
            f"{left:.0f} s left",
            flush=True,
        )


def _shown(logs):
    for name, value in logs.items():
        if name in (*FIGURES, "temperature") or name.startswith("expected_"):
            yield name, value
