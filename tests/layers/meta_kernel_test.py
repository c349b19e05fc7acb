"""Where each candidate lies inside the meta-kernel."""

import keras
import numpy as np
import pytest

from ednas_tf.layers import meta_kernel
from tests import small

CLASSES = (meta_kernel.Shared, meta_kernel.Independent)


def test_side_is_the_largest_extent_and_never_more():
    assert meta_kernel.side(("dw3", "dw5")) == 5
    assert meta_kernel.side(("dw3", "dw3d3", "max3")) == 7
    assert meta_kernel.side(("skip",)) == 1
    assert meta_kernel.side(("max3",)) == 1


def test_taps_of_a_dilated_operation_leave_gaps():
    expected = np.zeros((7, 7))
    expected[1::2, 1::2] = 1.0
    np.testing.assert_array_equal(meta_kernel.taps("dw3d2", 7), expected)


def test_fixed_taps_are_the_mean_and_the_centre():
    np.testing.assert_allclose(
        meta_kernel.fixed_taps("avg3", 3), np.full((3, 3), 1 / 9), rtol=1e-6
    )
    np.testing.assert_array_equal(
        meta_kernel.fixed_taps("skip", 3), np.diag([0.0, 1.0, 0.0])
    )
    assert not meta_kernel.fixed_taps("dw3", 3).any()


def test_shared_kernel_is_masked_by_hand():
    layer = meta_kernel.Shared(("skip", "dw3"), channels=1)
    layer.build()
    layer.kernel.assign(np.arange(9.0).reshape(1, 3, 3, 1, 1))
    merged = np.asarray(layer(np.float32([[0.25, 0.75]])))[0, ..., 0, 0]
    expected = 0.75 * np.arange(9.0).reshape(3, 3)
    expected[1, 1] += 0.25
    np.testing.assert_allclose(merged, expected, rtol=1e-6)


def test_independent_kernels_are_padded_by_hand():
    layer = meta_kernel.Independent(("dw3", "dw5"), channels=1)
    layer.build()
    layer.kernel.assign(np.arange(34.0).reshape(1, 34, 1))
    merged = np.asarray(layer(np.float32([[0.5, 0.25]])))[0, ..., 0, 0]
    three = np.pad(np.arange(9.0).reshape(3, 3), 1)
    five = np.arange(9.0, 34.0).reshape(5, 5)
    np.testing.assert_allclose(merged, 0.5 * three + 0.25 * five, rtol=1e-6)


def test_shared_has_half_the_weights_of_independent():
    counts = []
    for kind in CLASSES:
        layer = kind(("dw3", "dw5", "dw7"), channels=2)
        layer.build()
        counts.append(layer.count_params())
    assert counts == [2 * 49, 2 * (9 + 25 + 49)]


@pytest.mark.parametrize("kind", CLASSES)
def test_paths_start_equal(kind):
    layer = kind(("dw3", "dw5"), channels=4, num_paths=3)
    layer.build()
    kernel = np.asarray(layer.kernel)
    np.testing.assert_array_equal(kernel[0], kernel[1])
    np.testing.assert_array_equal(kernel[0], kernel[2])


@pytest.mark.parametrize("kind", CLASSES)
def test_kernels_start_as_those_of_the_derived_network(kind):
    layer = kind(("dw5",), channels=2000)
    layer.build()
    assert np.std(layer.kernel) == pytest.approx(0.1 / 5, rel=0.02)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("name", ["dw3", "dw7", "dw3d2"])
def test_candidate_is_what_a_one_hot_choice_merges_to(kind, name):
    layer = kind(("dw3", "dw3d2", "dw7"), channels=2)
    layer.build()
    one_hot = np.float32([[n == name for n in layer.names]])
    merged = np.asarray(layer(one_hot))[0]
    taps = meta_kernel.taps(name, 7) > 0
    np.testing.assert_array_equal(
        merged[taps].reshape(layer.candidate(name).shape), layer.candidate(name)
    )
    assert not merged[~taps].any()


@pytest.mark.parametrize("kind", CLASSES)
def test_config_brings_the_layer_back(kind):
    layer = kind(("dw3", "dw5"), channels=4, num_paths=2, name="kernel")
    values = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(values)
    again.build()
    assert again.get_config() == layer.get_config()
    assert again.kernel.shape[0] == 2


@pytest.mark.parametrize("kind", CLASSES)
def test_one_row_takes_the_first_path(kind):
    layer = kind(("dw3", "skip"), channels=2, num_paths=2)
    layer.build()
    layer.kernel.assign(small.normal(*layer.kernel.shape))
    rows = np.float32([[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(
        layer(rows[:1]), layer(rows)[:1], rtol=0, atol=1e-7
    )
