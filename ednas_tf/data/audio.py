"""From audio to the features that keyword spotting reads.

The recipe is that of the MLPerf Tiny benchmark (`get_dataset.py` of its
keyword spotting, github.com/mlcommons/tiny): magnitudes of a short-time
Fourier transform under a Hann window, zero-padded to 1024; 40 mel bands from
20 to 4000 Hz; logarithm of the sum and 1e-6; DCT, of which ten coefficients
stay. One thing differs: the benchmark divides a clip by its largest sample,
which is undefined for silence; here integers are divided by their full scale.
"""

import math

import numpy as np
import tensorflow as tf
from scipy import signal

SAMPLE_RATE = 16_000
"""Rate that all audio is brought to, in Hz."""
NUM_SAMPLES = SAMPLE_RATE
"""Samples of a clip: one second."""
WINDOW, STEP, FFT = 640, 320, 1024
"""Samples of a window (40 ms), from one to the next (20 ms), and of a
transform."""
MEL_BINS, LOWEST_HZ, HIGHEST_HZ = 40, 20.0, 4000.0
OFFSET = 1e-6
"""Added before the logarithm, so that silence has one."""
NUM_FRAMES = 1 + (NUM_SAMPLES - WINDOW) // STEP
NUM_COEFFICIENTS = 10
FEATURE_SHAPE = (NUM_FRAMES, NUM_COEFFICIENTS, 1)

_FULL_SCALE_BITS = 15


def describe():
    """Returns what a device must do to audio, as values for JSON."""
    return {
        "sample_rate_hz": SAMPLE_RATE,
        "samples": NUM_SAMPLES,
        "amplitude": "-1 to 1",
        "window": f"Hann, periodic, {WINDOW} samples",
        "step_samples": STEP,
        "fft_samples": FFT,
        "mel_bins": MEL_BINS,
        "mel_hz": [LOWEST_HZ, HIGHEST_HZ],
        "log_offset": OFFSET,
        "coefficients": NUM_COEFFICIENTS,
    }


def waveform(samples, sample_rate):
    """Returns one second of audio at 16 kHz.

    Args:
        samples: Array of shape `(n,)`: floats from -1 to 1; int8; or wider
            integers, which hold 16 bits, as TFDS decodes files of audio.
        sample_rate: Their rate, in Hz.

    Returns:
        float32 array of shape `(NUM_SAMPLES,)`, cut at the end or padded with
        zeros there.

    Raises:
        ValueError: If there is no sample, or one that no amplitude can be.
    """
    if not len(samples):
        raise ValueError("it has no samples")
    # A second and a bit: more than the filter looks ahead.
    values = _scaled(samples[: 2 * sample_rate])
    if not np.all(np.isfinite(values)):
        raise ValueError("it has samples of NaN or infinity")
    if sample_rate != SAMPLE_RATE:
        common = math.gcd(SAMPLE_RATE, sample_rate)
        values = signal.resample_poly(
            values, SAMPLE_RATE // common, sample_rate // common
        )
    clip = np.zeros(NUM_SAMPLES, np.float32)
    count = min(len(values), NUM_SAMPLES)
    clip[:count] = values[:count]
    return clip


def mfcc(clips):
    """Returns mel-frequency cepstral coefficients.

    Args:
        clips: float32 tensor of shape `(n, NUM_SAMPLES)`.

    Returns:
        float32 tensor of shape `(n, *FEATURE_SHAPE)`: frames of 20 ms by
        coefficients, from the loudness on.
    """
    coefficients = tf.signal.mfccs_from_log_mel_spectrograms(log_mel(clips))
    return coefficients[..., :NUM_COEFFICIENTS, tf.newaxis]


def log_mel(clips):
    """Returns the logarithm of the magnitude in each mel band.

    Args:
        clips: float32 tensor of shape `(n, NUM_SAMPLES)`.

    Returns:
        float32 tensor of shape `(n, NUM_FRAMES, MEL_BINS)`.
    """
    spectrum = tf.signal.stft(clips, WINDOW, STEP, FFT)
    bands = tf.signal.linear_to_mel_weight_matrix(
        MEL_BINS, FFT // 2 + 1, SAMPLE_RATE, LOWEST_HZ, HIGHEST_HZ
    )
    return tf.math.log(tf.abs(spectrum) @ bands + OFFSET)


def _scaled(samples):
    """Returns samples as float32, integers as parts of their full scale."""
    if not np.issubdtype(samples.dtype, np.signedinteger):
        return samples.astype(np.float32)
    bits = min(_FULL_SCALE_BITS, 8 * samples.dtype.itemsize - 1)
    values = samples.astype(np.float32) / 2**bits
    loudest = np.argmax(np.abs(values))
    if abs(values[loudest]) > 1:
        raise ValueError(
            f"it has integers beyond 16 bits, as {samples[loudest]}"
        )
    return values
