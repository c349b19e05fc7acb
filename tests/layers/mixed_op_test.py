"""Merging kernels must equal merging outputs (Eq. 8, 9)."""

import hypothesis
import keras
import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import strategies as st

from ednas_tf import errors, layers
from ednas_tf.layers import depthwise, meta_kernel
from ednas_tf.spaces import OPERATIONS
from tests import small


def by_hand(images, operation, kernel, stride):
    """One candidate with SciPy: correlate at stride 1, then skip pixels."""
    outputs = np.zeros_like(images)
    for b, c in np.ndindex(images.shape[0], images.shape[3]):
        image = images[b, ..., c]
        if operation.kind == "max":
            pooled = scipy.ndimage.maximum_filter(image, 3, mode="constant")
            outputs[b, ..., c] = pooled
        else:
            spread = np.zeros((operation.extent, operation.extent))
            step = operation.dilation
            spread[::step, ::step] = kernel[..., c, 0]
            outputs[b, ..., c] = scipy.signal.correlate2d(
                image, spread, mode="same"
            )
    return outputs[:, ::stride, ::stride]


def kernel_by_hand(layer, name):
    """One candidate's kernel, cut from the variable with plain slices."""
    operation, channels = OPERATIONS[name], layer.meta_kernel.channels
    if operation.kind == "identity":
        return np.ones((1, 1, channels, 1))
    if operation.kind == "average":
        return np.full((3, 3, channels, 1), 1 / 9)
    variable = np.asarray(layer.meta_kernel.kernel)[0]
    if layer.mode == "shared":
        reach = operation.extent // 2
        centre = variable.shape[0] // 2
        part = slice(centre - reach, centre + reach + 1, operation.dilation)
        return variable[part, part]
    trained = [
        OPERATIONS[n].kernel ** 2
        for n in layer.names[: layer.names.index(name)]
        if OPERATIONS[n].kind == "depthwise"
    ]
    count = operation.kernel**2
    values = variable[sum(trained) : sum(trained) + count]
    return values.reshape(operation.kernel, operation.kernel, channels, 1)


cases = st.fixed_dictionaries(
    {
        "names": st.lists(
            st.sampled_from(list(OPERATIONS)), min_size=1, unique=True
        ),
        "mode": st.sampled_from(meta_kernel.MODES),
        "stride": st.sampled_from([1, 2]),
        "height": st.integers(3, 13),
        "width": st.integers(3, 13),
        "seed": st.integers(0, 1000),
    }
)


@hypothesis.settings(deadline=None, max_examples=60, derandomize=True)
@hypothesis.given(cases)
def test_merged_kernels_equal_the_sum_of_the_candidates(case):
    images = small.normal(2, case["height"], case["width"], 3)
    layer = layers.MixedOp(case["names"], case["stride"], mode=case["mode"])
    count = len(case["names"])
    rng = np.random.default_rng(case["seed"])
    shares = rng.dirichlet(np.ones(count), 1).astype(np.float32)
    received = layer(images, shares)
    expected = 0.0
    for share, name in zip(shares[0], case["names"], strict=True):
        operation = OPERATIONS[name]
        linear = operation.kind != "max"
        kernel = kernel_by_hand(layer, name) if linear else None
        outputs = by_hand(images, operation, kernel, case["stride"])
        expected = expected + share * outputs
    np.testing.assert_allclose(received, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("mode", meta_kernel.MODES)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [7, 8])
def test_all_operations_together_are_additive(mode, stride, size):
    images = small.normal(2, size, size, 3, seed=size)
    layer = layers.MixedOp(tuple(OPERATIONS), stride, mode=mode)
    one_hot = np.eye(len(OPERATIONS), dtype=np.float32)
    shares = np.full(len(OPERATIONS), 0.1, np.float32)
    together = layer(images, shares[None])
    alone = sum(layer(images, row[None]) * 0.1 for row in one_hot)
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-5)


def strided(images, kernel, padding):
    layer = keras.layers.DepthwiseConv2D(
        kernel.shape[0], strides=2, padding=padding, use_bias=False
    )
    layer.build(images.shape)
    layer.set_weights([kernel])
    return layer(images)


def test_same_padding_at_stride_2_moves_a_1x1_kernel_on_even_inputs():
    # Why the padding is explicit: both kernels are the identity, but SAME
    # reads pixels 0, 2, ... with one tap and 1, 3, ... with three.
    images = small.normal(1, 8, 8, 2)
    one = np.ones((1, 1, 2, 1), np.float32)
    three = np.pad(one, ((1, 1), (1, 1), (0, 0), (0, 0)))
    apart = strided(images, one, "same") - strided(images, three, "same")
    assert np.abs(apart).max() > 1.0
    ours = [depthwise.convolve(images, kernel, 2) for kernel in (one, three)]
    np.testing.assert_array_equal(*ours)


def test_same_padding_at_stride_2_agrees_on_odd_inputs():
    images = small.normal(1, 7, 7, 2)
    one = np.ones((1, 1, 2, 1), np.float32)
    three = np.pad(one, ((1, 1), (1, 1), (0, 0), (0, 0)))
    np.testing.assert_array_equal(
        strided(images, one, "same"), strided(images, three, "same")
    )


@pytest.mark.parametrize("mode", meta_kernel.MODES)
def test_each_part_of_the_batch_sees_the_kernel_of_its_path(mode):
    names = ("dw3", "dw5", "max3", "skip")
    layer = layers.MixedOp(names, num_paths=2, mode=mode)
    images = small.normal(4, 6, 6, 3)
    rows = np.float32([[0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.4, 0.1]])
    layer(images, rows)
    kernel = layer.meta_kernel.kernel
    values = small.normal(*kernel.shape, seed=1)
    kernel.assign(values)
    together = layer(images, rows)
    for path in range(2):
        kernel.assign(np.stack([values[path]] * 2))
        half = slice(2 * path, 2 * path + 2)
        alone = layer(images[half], rows[path : path + 1])
        np.testing.assert_allclose(together[half], alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("mode", meta_kernel.MODES)
@pytest.mark.parametrize(
    "names", [("skip", "avg3"), ("max3",), ("max3", "skip")]
)
def test_slots_without_trained_operations_work(names, mode):
    layer = layers.MixedOp(names, mode=mode)
    shares = np.full((1, len(names)), 1 / len(names), np.float32)
    assert layer(small.normal(2, 5, 5, 3), shares).shape == (2, 5, 5, 3)


@pytest.mark.parametrize("mode", meta_kernel.MODES)
def test_layer_survives_save_and_load(mode, tmp_path):
    image, shares = keras.Input((6, 6, 3)), keras.Input((3,), batch_size=2)
    layer = layers.MixedOp(("dw3", "max3", "dw5"), 2, num_paths=2, mode=mode)
    model = keras.Model([image, shares], layer(image, shares))
    small.randomize(model)
    inputs = [small.normal(4, 6, 6, 3), np.full((2, 3), 1 / 3, np.float32)]
    again = small.saved_and_loaded(model, tmp_path)
    np.testing.assert_array_equal(model(inputs), again(inputs))


def test_an_unknown_mode_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'shared'"):
        layers.MixedOp(("dw3",), mode="share")


def test_an_empty_slot_is_refused():
    with pytest.raises(ValueError, match="received none"):
        layers.MixedOp(())
