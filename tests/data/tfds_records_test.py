"""Tests of reading audio and features from TFDS records."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from ednas_tf import data, errors
from ednas_tf.data import audio, images, tfds_records, tfds_source

_LABEL = tfds.features.ClassLabel(names=["no", "yes"])
_TONE = np.sin(2 * np.pi * 500 * np.arange(8_000) / 8_000)


def _read(data_dir, **kwargs):
    return tfds_source.read(data.DataSpec("made", data_dir, **kwargs))


def _records(key, values):
    return [{key: v, "label": i % 2} for i, v in enumerate(values)]


@pytest.fixture(scope="module")
def store_audio(store_tfds):
    """Returns a function that prepares clips, in both splits."""

    def store(clips, dtype=np.int16, sample_rate=16_000):
        feature = tfds.features.Audio(dtype=dtype, sample_rate=sample_rate)
        records = _records("audio", [np.asarray(c, dtype) for c in clips])
        features = {"audio": feature, "label": _LABEL}
        return store_tfds(features, train=records, test=records)

    return store


@pytest.fixture(scope="module")
def spoken(store_audio):
    """A folder of 5 clips of 100, 200, ... samples, of 8 kHz."""
    clips = [1000 * k * _TONE[: 100 * k] for k in range(1, 6)]
    return store_audio(clips, sample_rate=8_000)


def test_every_clip_becomes_its_features(spoken, monkeypatch):
    monkeypatch.setattr(tfds_records, "_BATCH", 2)
    source = _read(spoken)
    assert source.kind == "audio"
    assert source.test.labels.tolist() == [0, 1, 0, 1, 0]
    for k, features in enumerate(source.train.images, 1):
        clip = (1000 * k * _TONE[: 100 * k]).astype(np.int16)
        expected = audio.mfcc(audio.waveform(clip, 8_000)[None])[0]
        np.testing.assert_allclose(features, expected, atol=1e-3)


def test_only_clips_that_are_used_are_heard(store_audio):
    data_dir = store_audio([_TONE] * 4 + [[]], np.float32)
    assert len(_read(data_dir, max_examples=4).train) == 4


@pytest.mark.parametrize(
    ("bad", "dtype", "told"),
    [
        ([], np.int16, "no samples"),
        ([0.1, np.nan], np.float32, "NaN"),
        ([1 << 20], np.int64, "beyond 16 bits, as 1048576"),
    ],
)
def test_a_broken_clip_is_named(store_audio, bad, dtype, told):
    data_dir = store_audio([[1, 0], [0, 1], bad], dtype)
    with pytest.raises(errors.UserError, match=told) as raised:
        _read(data_dir)
    assert "example 2 of the split 'train' of 'made'" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_features_of_two_and_three_axes_are_read(store_tfds):
    values = np.random.default_rng(0).normal(size=(6, 5, 3))
    feature = tfds.features.Tensor(shape=(5, 3), dtype=np.float64)
    records = _records("x", values)
    features = {"x": feature, "label": _LABEL}
    source = _read(store_tfds(features, train=records, test=records))
    expected = values[..., None].astype(np.float32)
    np.testing.assert_array_equal(source.train.images, expected)


def test_features_of_nan_are_named(store_tfds):
    values = np.zeros((4, 2, 2), np.float32)
    values[3, 1, 0] = np.nan
    feature = tfds.features.Tensor(shape=(2, 2), dtype=np.float32)
    records = _records("x", values)
    data_dir = store_tfds({"x": feature, "label": _LABEL}, train=records)
    with pytest.raises(errors.UserError, match="NaN.* example 3 of the split"):
        _read(data_dir)


def test_memory_is_counted_in_floats(spoken, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 10 * 490 * 4 - 1)
    with pytest.raises(errors.UserError, match="49x10x1, float32"):
        _read(spoken)
    assert len(_read(spoken, max_examples=4).train) == 4
