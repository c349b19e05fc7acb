"""Tests of the audio front end, against numpy, scipy and mel by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import fft

from ednas_tf.data import audio


def _noise(seed=0, amplitude=0.3):
    generator = np.random.default_rng(seed)
    return amplitude * generator.uniform(-1, 1, 16_000).astype(np.float32)


def _tone(hertz, sample_rate=16_000):
    return np.sin(2 * np.pi * hertz * np.arange(sample_rate) / sample_rate)


def _mel(hertz):
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def _bands():
    """Returns 40 triangles over mel, a row for each frequency."""
    edges = np.linspace(_mel(20), _mel(4000), 42)
    mel = _mel(np.arange(513) * 16_000 / 1024)[:, None]
    rise = (mel - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - mel) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rise, fall))


def _expected(clip):
    """Returns features of shape `(49, 10)` with numpy and scipy alone."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(640) / 640)
    frames = [clip[i : i + 640] * hann for i in range(0, 15_361, 320)]
    magnitudes = np.abs(np.fft.rfft(frames, 1024))
    # An orthogonal DCT, but for the first coefficient, times root two.
    cepstrum = fft.dct(np.log(magnitudes @ _bands() + 1e-6)) / np.sqrt(80)
    return cepstrum[:, :10]


@pytest.mark.parametrize(
    "clip", [0, _tone(440.0), _tone(3000.0) * np.linspace(0, 1, 16_000)]
)
def test_features_are_those_of_numpy_and_scipy(clip):
    # Noise, so that no band holds but the rounding errors of a transform.
    clip = np.float32(clip + _noise(amplitude=0.01))
    features = audio.mfcc(clip[None]).numpy()
    assert features.shape == (1, 49, 10, 1)
    expected = _expected(clip.astype(np.float64))
    np.testing.assert_allclose(features[0, ..., 0], expected, atol=2e-3)


def test_silence_has_finite_features():
    features = audio.mfcc(np.zeros((1, 16_000), np.float32)).numpy()
    # 40 bands of log(1e-6), summed twice over root 80.
    np.testing.assert_allclose(features[0, :, 0, 0], -123.564, atol=1e-2)
    np.testing.assert_allclose(features[0, :, 1:, 0], 0, atol=1e-3)


@settings(deadline=None, max_examples=10)
@given(factor=st.floats(0.1, 3.0), seed=st.integers(0, 99))
def test_loudness_moves_the_first_coefficient_alone(factor, seed):
    clip = _noise(seed)
    clips = np.stack([clip, clip * np.float32(factor)])
    one, two = audio.mfcc(clips).numpy()[..., 0]
    np.testing.assert_allclose(two[:, 1:], one[:, 1:], atol=1e-2)
    moved = np.log(factor) * np.sqrt(80)
    np.testing.assert_allclose(two[:, 0] - one[:, 0], moved, atol=1e-2)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3500.0])
def test_a_tone_is_loudest_in_its_band(hertz):
    clip = _tone(hertz).astype(np.float32)
    bands = audio.log_mel(clip[None]).numpy()[0]
    centres = np.linspace(_mel(20), _mel(4000), 42)[1:-1]
    nearest = np.argmin(np.abs(centres - _mel(hertz)))
    assert set(bands.argmax(axis=1)) == {nearest}


@pytest.mark.parametrize("sample_rate", [8_000, 11_025, 44_100, 48_000])
def test_resampled_tones_are_tones(sample_rate):
    clip = audio.waveform(_tone(440.0, sample_rate), sample_rate)
    # The filter sees the ends of the clip as silence.
    expected = _tone(440.0)[200:-200]
    np.testing.assert_allclose(clip[200:-200], expected, atol=0.01)


@pytest.mark.parametrize(
    ("dtype", "largest"),
    [("int8", 2**7), ("int16", 2**15), ("int32", 2**15), ("int64", 2**15)],
)
def test_integers_become_parts_of_their_full_scale(dtype, largest):
    samples = np.array([-largest, largest // 2, 0, largest - 1], dtype)
    clip = audio.waveform(samples, 16_000)
    expected = [-1, 0.5, 0, 1 - 1 / largest]
    np.testing.assert_allclose(clip[:4], expected, rtol=1e-6)


@pytest.mark.parametrize(("count", "kept"), [(5, 5), (40_000, 16_000)])
def test_clips_are_padded_or_cut_at_the_end(count, kept):
    clip = audio.waveform(np.full(count, 0.5), 16_000)
    assert clip.shape == (16_000,)
    assert clip.dtype == np.float32
    assert np.all(clip[:kept] == 0.5)
    assert not np.any(clip[kept:])


def test_what_is_cut_off_does_not_change_what_stays():
    samples = _tone(440.0, 8_000)
    longer = np.concatenate([samples, np.zeros(80_000)])
    np.testing.assert_array_equal(
        audio.waveform(samples, 8_000), audio.waveform(longer, 8_000)
    )


@pytest.mark.parametrize(
    ("samples", "told"),
    [
        (np.zeros(0, np.int16), "no samples"),
        (np.array([0.0, np.nan]), "NaN"),
        (np.array([0.0, np.inf]), "infinity"),
        (np.array([0, 40_000, -50_000]), "16 bits, as -50000"),
    ],
)
def test_what_is_no_audio_is_told(samples, told):
    with pytest.raises(ValueError, match=told):
        audio.waveform(samples, 16_000)


def test_the_description_is_of_what_is_computed():
    told = audio.describe()
    assert (told["samples"] - 640) // told["step_samples"] + 1 == 49
    assert (49, told["coefficients"], 1) == audio.FEATURE_SHAPE
