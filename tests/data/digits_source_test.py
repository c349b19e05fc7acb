"""Tests of the embedded digits."""

import numpy as np
from sklearn import datasets

from ednas_tf import data
from ednas_tf.data import digits_source


def test_all_digits_are_read_once():
    source = digits_source.read(data.DataSpec("digits"))
    assert source.train.images.shape == (1438, 32, 32, 1)
    assert source.test.images.shape == (359, 32, 32, 1)
    ids = np.concatenate([source.train.ids, source.test.ids])
    assert sorted(ids) == list(range(1797))
    assert source.classes == tuple("0123456789")


def test_images_at_native_size_are_the_digits():
    source = digits_source.read(data.DataSpec("digits", image_size=8))
    digits = datasets.load_digits()
    expected = digits.images[source.test.ids] * 255 / 16
    np.testing.assert_allclose(source.test.images[..., 0], expected, atol=0.5)
    np.testing.assert_array_equal(
        source.test.labels, digits.target[source.test.ids]
    )


def test_seed_changes_what_is_held_out():
    first, second = (
        digits_source.read(data.DataSpec("digits", image_size=8, seed=seed))
        for seed in (0, 1)
    )
    assert set(first.test.ids) != set(second.test.ids)
