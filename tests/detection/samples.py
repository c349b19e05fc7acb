"""Images' worth of random objects and detections, in the library's forms."""

import numpy as np


def corners(rng, count):
    """Returns random corners within the image, shape `(count, 4)`."""
    sides = rng.uniform(0.05, 0.6, (count, 2))
    starts = rng.uniform(0, 1, (count, 2)) * (1 - sides)
    return np.concatenate([starts, starts + sides], axis=1)


def labels(rng, batch=2, rows=6, num_classes=3):
    """Returns labels `(batch, rows, 6)`, some rows of which are unused."""
    found = np.zeros((batch, rows, 6), np.float32)
    found[..., 0] = rng.integers(-1, num_classes, (batch, rows))
    for image in found:
        image[:, 1:5] = corners(rng, rows)
    found[..., 5] = rng.random((batch, rows)) < 0.2
    found[found[..., 0] < 0, 1:] = 0
    return found
