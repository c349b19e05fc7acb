"""Tests of the ranges of kernels before and after fusion."""

import keras
import numpy as np
import pytest

from ednas_tf import layers, spaces
from ednas_tf.networks import branch_ranges, derived
from tests import small


def network(ones, threes, gammas=(1.0, 1.0)):
    """Returns a slot of a 1x1 and a 3x3 branch on two channels.

    Args:
        ones: The two weights of the 1x1 branch.
        threes: Array of shape `(3, 3, 2)`.
        gammas: What the branches' batch norms multiply with.
    """
    branches = layers.MultiBranch(3, name="block1_conv")
    image = keras.Input((5, 5, 2))
    model = keras.Model(image, branches(image))
    branches.kernels[0].assign(np.reshape(ones, (1, 1, 2, 1)))
    branches.kernels[1].assign(np.reshape(threes, (3, 3, 2, 1)))
    for norm, gamma in zip(branches.norms, gammas, strict=True):
        norm.gamma.assign([gamma, gamma])
        norm.moving_variance.assign([1 - norm.epsilon] * 2)
    return model


@pytest.fixture
def rows():
    """Channel 0: 127 + 2 * 5; channel 1: -1, and 2 * 0.5 around it."""
    threes = np.zeros((3, 3, 2))
    threes[1, 1, 0] = 5.0
    threes[:, :, 1] = 0.5
    threes[1, 1, 1] = 0.0
    return branch_ranges.measure(network([127.0, -1.0], threes, (1.0, 2.0)))


def test_a_row_per_branch_and_one_for_the_fused_kernel(rows):
    named = [(row["slot"], row["branch"]) for row in rows]
    assert named == [("block1", "1x1"), ("block1", "3x3"), ("block1", "fused")]
    assert all(tuple(row) == branch_ranges.COLUMNS for row in rows)


def test_ranges_are_those_of_kernels_with_their_batch_norm(rows):
    columns = branch_ranges.COLUMNS[2:8]
    found = [[row[column] for column in columns] for row in rows]
    expected = [
        [-1, 127, 1, 64, 127, 127],
        [0, 10, 1, 5.5, 10, 10],
        [-1, 137, 1, 69, 137, 137],
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_noise_with_one_scale_is_that_of_the_hand(rows):
    # One step is 137 / 127; each weight of size one becomes one step.
    noise = 9 * (137 / 127 - 1) ** 2
    expected = 10 * np.log10((137**2 + 9) / noise)
    assert rows[2]["tensor_snr_db"] == pytest.approx(expected, rel=1e-4)


def test_a_scale_per_channel_holds_these_kernels_exactly(rows):
    assert [row["channel_snr_db"] for row in rows] == [np.inf] * 3


def test_small_channels_vanish_with_one_scale():
    kernel = np.zeros((1, 1, 2, 1))
    kernel[..., 0, 0], kernel[..., 1, 0] = 1000.0, 3.0
    found = branch_ranges.snr_db(kernel, 1000 / 127)
    assert found == pytest.approx(10 * np.log10((1e6 + 9) / 9))


def test_uniform_weights_lose_what_a_uniform_step_loses():
    # Signal 1 / 3, noise step ** 2 / 12 with steps of 1 / 127.
    kernel = np.random.default_rng(0).uniform(-1, 1, (11, 11, 200, 1))
    expected = 10 * np.log10(4 * 127**2)
    assert branch_ranges.snr_db(kernel, 1 / 127) == pytest.approx(
        expected, abs=0.1
    )


def test_a_silent_branch_has_neither_spread_nor_noise():
    rows = branch_ranges.measure(
        network([1.0, 1.0], np.ones((3, 3, 2)), gammas=(0.0, 1.0))
    )
    silent = [rows[0][column] for column in branch_ranges.COLUMNS[-3:]]
    assert silent == [None] * 3
    assert rows[0]["largest"] == 0


def test_a_channel_of_zeros_spreads_without_end():
    threes = np.stack([np.ones((3, 3)), np.zeros((3, 3))], axis=-1)
    row = branch_ranges.measure(network([1.0, 0.0], threes))[2]
    assert row["spread"] == np.inf
    assert row["channel_largest"] == pytest.approx(2.0)


def test_every_slot_with_branches_is_measured():
    chosen = spaces.choose(small.skeleton(), ["dw5", "dw3d2", "dw3"])
    model = derived.build_for_training(chosen, branches=True)
    small.randomize(model)
    rows = branch_ranges.measure(model)
    assert [row["branch"] for row in rows] == [
        *("1x1", "3x3", "5x5", "fused"),
        *("1x1", "3x3", "fused"),
    ]
    assert all(row["tensor_snr_db"] > 0 for row in rows)


def test_a_network_without_branches_has_no_rows():
    chosen = spaces.choose(small.skeleton(), ["dw5", "dw3", "dw3"])
    assert branch_ranges.measure(derived.build_for_training(chosen)) == []
