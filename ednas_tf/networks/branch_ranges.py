"""Ranges of kernels in slots of several branches, and of what they fuse to.

Branches whose batch norms scale channels apart may sum to a kernel that 8 bits
hold badly, above all with one scale for all channels.
"""

import numpy as np

from ednas_tf import layers
from ednas_tf.layers import multi_branch

COLUMNS = (
    "slot",
    "branch",
    "smallest",
    "largest",
    "channel_smallest",
    "channel_median",
    "channel_largest",
    "spread",
    "tensor_snr_db",
    "channel_snr_db",
)
"""Columns of `measure`'s rows: the `branch` is the side of its kernel, or
`fused`; `channel_*` are of the largest magnitudes of the channels, `spread` is
the largest of them over the smallest; then the signal over the noise of kernels
rounded to 8 bits, with one scale and with one per channel."""
FUSED = "fused"
_LARGEST = 127  # Symmetric: -127 to 127.
_EXACT = 1e-20  # A smaller share of noise is that of 64-bit numbers.
_DIGITS = 6


def measure(network):
    """Measures the kernels of all slots, with their batch norms folded in.

    Args:
        network: A network for training with `MultiBranch` layers, or without,
            which has no rows.

    Returns:
        List of dictionaries of `COLUMNS`, slot by slot, the branches from
        small to large and then the fused kernel. A kernel of zeros has no
        spread and no noise: None.
    """
    found = []
    for layer in network.layers:
        if isinstance(layer, layers.MultiBranch):
            slot = layer.name.removesuffix("_conv")
            kernels = {**_branches(layer), FUSED: layer.fuse()[0]}
            found += [_row(slot, name, kernels[name]) for name in kernels]
    return found


def snr_db(kernel, scales):
    """Returns the signal-to-noise ratio of a rounded kernel, in decibels.

    Args:
        kernel: Array of shape `(side, side, channels, 1)`, not all zeros.
        scales: What one step of the integers is worth: a number, or an array
            of shape `(channels, 1)`; zero only where the kernel is zero.

    Returns:
        The ratio; infinite if the integers hold the kernel exactly.
    """
    kernel = np.asarray(kernel, np.float64)
    steps = np.where(np.asarray(scales) > 0, scales, 1.0)
    noise = np.sum(np.square(kernel - np.round(kernel / steps) * steps))
    signal = np.sum(np.square(kernel))
    if noise <= _EXACT * signal:
        return float("inf")
    return float(10 * np.log10(signal / noise))


def _branches(layer):
    """Returns the kernel of each branch by the name of its size."""
    pairs = zip(layer.kernels, layer.norms, strict=True)
    return {
        f"{kernel.shape[0]}x{kernel.shape[0]}": multi_branch.fold(
            np.asarray(kernel), norm
        )[0]
        for kernel, norm in pairs
    }


def _row(slot, branch, kernel):
    """Returns the row of one kernel `(side, side, channels, 1)`."""
    kernel = np.asarray(kernel, np.float64)
    peaks = np.max(np.abs(kernel), axis=(0, 1))
    low, high = np.min(peaks), np.max(peaks)
    values = [
        np.min(kernel),
        np.max(kernel),
        low,
        np.median(peaks),
        high,
        *(_quality(kernel, peaks) if high > 0 else (None, None, None)),
    ]
    rounded = (v if v is None else float(f"{v:.{_DIGITS}g}") for v in values)
    return dict(zip(COLUMNS, (slot, branch, *rounded), strict=True))


def _quality(kernel, peaks):
    """Returns the spread of the channels and both signal-to-noise ratios."""
    low, high = np.min(peaks), np.max(peaks)
    return (
        high / low if low > 0 else float("inf"),
        snr_db(kernel, high / _LARGEST),
        snr_db(kernel, peaks / _LARGEST),
    )
