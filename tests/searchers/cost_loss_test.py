"""The device's cost in the loss, by hand (Eq. 11, 12, 13)."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.hardware import channel_costs, targets
from ednas_tf.searchers import CostLoss, Objective
from tests import small

# 10 fixed, two slots: the largest network costs 10 + 6 + 4 = 20.
TABLE = small.table([[2.0, 6.0], [1.0, 4.0]], memory_bytes=[[1, 1], [1, 1]])
SHARES = [np.float32([0.25, 0.75]), np.float32([0.5, 0.5])]
EXPECTED = 10.0 + (0.25 * 2.0 + 0.75 * 6.0) + (0.5 * 1.0 + 0.5 * 4.0)


def loss_of(weight=0.0, budget=None, constraint="dual", **kwargs):
    objective = Objective("latency_us", weight, budget)
    loss = CostLoss([2, 2], [objective], constraint, **kwargs)
    loss.set_table(TABLE)
    return loss


def test_expected_cost_by_hand():
    assert EXPECTED == 17.5
    np.testing.assert_allclose(loss_of().expected(SHARES), [17.5], rtol=1e-6)


def test_one_hot_probabilities_cost_what_the_network_costs():
    shares = [np.float32([0, 1]), np.float32([1, 0])]
    received = float(loss_of().expected(shares)[0])
    assert received == pytest.approx(TABLE.discrete([1, 0])["latency_us"])


def test_weight_is_relative_to_the_largest_network():
    received = loss_of(weight=0.4)(SHARES)
    assert float(received) == pytest.approx(0.4 * 17.5 / 20.0, rel=1e-6)


def test_several_costs_have_their_own_strengths():
    wanted = [Objective("latency_us", 0.4), Objective("memory_bytes", 0.1)]
    loss = CostLoss([2, 2], wanted)
    loss.set_table(TABLE)
    expected = 0.4 * 17.5 / 20.0 + 0.1 * 12.0 / 12.0
    assert float(loss(SHARES)) == pytest.approx(expected, rel=1e-6)


def test_gradient_reaches_the_probabilities():
    loss = loss_of(weight=2.0)
    shares = [tf.constant(share) for share in SHARES]
    with tf.GradientTape() as tape:
        tape.watch(shares)
        value = loss(shares)
    first, second = tape.gradient(value, shares)
    np.testing.assert_allclose(first, 2.0 / 20.0 * np.array([2.0, 6.0]))
    np.testing.assert_allclose(second, 2.0 / 20.0 * np.array([1.0, 4.0]))


def test_without_objectives_the_loss_is_zero():
    loss = CostLoss([2, 2], [])
    loss.set_table(TABLE)
    loss.update(SHARES)
    assert float(loss(SHARES)) == 0.0


def test_multiplier_rises_above_the_budget_and_enters_the_loss():
    loss = loss_of(budget=14.0, rate=0.1)
    assert float(loss(SHARES)) == 0.0
    above = (17.5 - 14.0) / 14.0
    step = 0.1 * math.log(1.0 + above)
    for steps in (1, 2):
        loss.update(SHARES)
        assert float(loss.multipliers[0]) == pytest.approx(steps * step)
    assert float(loss(SHARES)) == pytest.approx(2 * step * above, rel=1e-5)


def test_a_tenth_below_the_budget_a_multiplier_of_one_has_no_pull():
    loss = loss_of(budget=17.5 / 0.9)
    loss.multipliers.assign([1.0])
    assert float(loss(SHARES)) == pytest.approx(0.0, abs=1e-6)
    loss.multipliers.assign([1.5])
    assert float(loss(SHARES)) == pytest.approx(0.5 * -0.1, rel=1e-4)


def test_multiplier_falls_below_the_budget_but_never_below_zero():
    loss = loss_of(budget=35.0, rate=0.1)
    loss.multipliers.assign([0.08])
    loss.update(SHARES)
    assert float(loss.multipliers[0]) == pytest.approx(0.03, rel=1e-5)
    loss.update(SHARES)
    assert float(loss.multipliers[0]) == 0.0


def test_a_cost_without_budget_has_no_multiplier():
    loss = loss_of(weight=1.0)
    loss.update(SHARES)
    assert float(loss.multipliers[0]) == 0.0


@pytest.mark.parametrize("constraint", ["hinge", "abs"])
def test_penalty_starts_as_large_as_the_cross_entropy(constraint):
    # DUCCIO: s = CE / (C - T), so s * (C - T) = CE when C has not moved.
    loss = loss_of(budget=14.0, constraint=constraint)
    loss.start(2.3, SHARES)
    assert float(loss(SHARES)) == pytest.approx(2.3, rel=1e-5)
    loss.ramp.assign(0.5)
    assert float(loss(SHARES)) == pytest.approx(1.15, rel=1e-5)
    loss.update(SHARES)
    assert float(loss.multipliers[0]) == 0.0


@pytest.mark.parametrize(("constraint", "expected"), [("hinge", 0), ("abs", 1)])
def test_below_the_budget_only_abs_is_left(constraint, expected):
    # Started at 17.5 above 14 (gap 0.25), now at 13 (gap 1 / 14).
    loss = loss_of(budget=14.0, constraint=constraint)
    loss.start(1.0, SHARES)
    received = loss([np.float32([1, 0]), np.float32([1, 0])])
    assert float(received) == pytest.approx(expected / 14 / 0.25, rel=1e-5)


@pytest.mark.parametrize("constraint", ["hinge", "abs"])
@pytest.mark.parametrize("budget", [17.5, 20.0])
def test_a_start_at_or_below_the_budget_gives_a_finite_strength(
    constraint, budget
):
    loss = loss_of(budget=budget, constraint=constraint)
    loss.start(2.0, SHARES)
    gap = max((budget - 17.5) / budget, 0.05)
    assert float(loss.strengths[0]) == pytest.approx(2.0 / gap, rel=1e-4)
    largest = loss([np.float32([0, 1]), np.float32([0, 1])])
    assert np.isfinite(largest)


def test_a_new_table_brings_new_costs():
    loss = loss_of(weight=1.0)
    loss.set_table(small.table([[4.0, 12.0], [2.0, 8.0]], fixed=20.0))
    np.testing.assert_allclose(loss.expected(SHARES), [35.0], rtol=1e-6)
    assert float(loss(SHARES)) == pytest.approx(35.0 / 40.0, rel=1e-6)


def test_an_impossible_operation_costs_as_much_as_the_largest_network():
    loss = loss_of()
    loss.set_table(small.table([[2.0, np.inf], [1.0, 4.0]]))
    assert float(loss.parts[0, 1]) == 16.0
    assert np.isfinite(loss.expected(SHARES)).all()


def test_no_variable_is_trained():
    loss = loss_of(weight=1.0, budget=14.0)
    assert not loss.trainable_variables


def test_a_cost_that_the_target_lacks_is_named():
    loss = CostLoss([2, 2], [Objective("energy_uj", 1.0)])
    with pytest.raises(errors.UserError, match="no energy_uj. It has: latency"):
        loss.set_table(TABLE)


def test_an_unknown_constraint_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'hinge'"):
        loss_of(constraint="hing")


# Channels: `small.residual` of 4 and 6, see `macs_of`.
CHANNELS = channel_costs.build(small.residual((4, 6)), 1, targets.load("tda2"))


def macs_of(first, third):
    """MACs of `small.residual` by hand: three convolutions, classifier."""
    wide = 64 * 9 * (3 * first + first * first)
    return wide + 16 * 9 * first * third + third * 4


def tensors(*counts):
    return [tf.constant(float(count)) for count in counts]


def channel_loss(weight=0.0, budget=None, constraint="dual", **kwargs):
    objective = Objective("macs", weight, budget)
    layout = CHANNELS.layout
    loss = CostLoss([], [objective], constraint, layout=layout, **kwargs)
    loss.set_table(CHANNELS)
    return loss


@pytest.mark.parametrize("counts", [(4.0, 6.0), (1.0, 1.0), (3.0, 5.0)])
def test_macs_follow_the_channels(counts):
    received = channel_loss().expected([], tensors(*counts))
    np.testing.assert_allclose(received, [macs_of(*counts)], rtol=1e-6)


def test_a_weight_on_channels_is_relative_to_all_of_them():
    received = float(channel_loss(weight=0.4)([], tensors(2, 3)))
    assert received == pytest.approx(0.4 * macs_of(2, 3) / macs_of(4, 6))


@pytest.mark.parametrize("constraint", ["hinge", "abs"])
@pytest.mark.parametrize("share", [0.5, 1.0, 2.0])
def test_channels_start_above_at_or_below_their_budget(constraint, share):
    start = macs_of(4, 6)
    loss = channel_loss(budget=share * start, constraint=constraint)
    loss.start(2.3, [], tensors(4, 6))
    gap = max(abs(1 - share) / share, 0.05)
    assert float(loss.strengths[0]) == pytest.approx(2.3 / gap, rel=1e-4)
    assert np.isfinite(loss([], tensors(4, 6)))
    # Not switched off: once it is above, the penalty is there.
    loss.budgets[:] = 0.5 * start
    assert float(loss([], tensors(4, 6))) == pytest.approx(2.3 / gap, rel=1e-4)


def test_multiplier_moves_with_the_violation_of_the_channels_there_are():
    budget = macs_of(2, 3)
    loss = channel_loss(budget=budget, rate=0.1)
    loss.update([], tensors(4, 6))
    risen = 0.1 * np.log(macs_of(4, 6) / budget)
    assert float(loss.multipliers[0]) == pytest.approx(risen, rel=1e-5)
    loss.update([], tensors(2, 3))
    assert float(loss.multipliers[0]) == pytest.approx(risen, rel=1e-5)
    loss.update([], tensors(1, 1))
    fallen = 0.1 * (1 - macs_of(1, 1) / budget)
    assert float(loss.multipliers[0]) == pytest.approx(risen - fallen, rel=1e-5)


def test_the_loss_has_the_gradient_of_the_macs():
    loss = channel_loss(weight=1.0)
    counts = tensors(2, 5)
    with tf.GradientTape() as tape:
        tape.watch(counts)
        value = loss([], counts)
    gradient = tape.gradient(value, counts)[1]
    expected = (16 * 9 * 2 + 4) / macs_of(4, 6)
    assert float(gradient) == pytest.approx(expected, rel=1e-4)


def test_costs_of_channels_come_back_from_a_checkpoint(tmp_path):
    models = []
    for weight in (1.0, 0.0):
        loss = channel_loss(weight=weight, budget=9.0)
        models.append(keras.Sequential([keras.Input((1,)), Holder(loss)]))
    models[0].layers[0].loss.fixed.assign([7.0])
    models[0].save_weights(tmp_path / "state.weights.h5")
    models[1].load_weights(tmp_path / "state.weights.h5")
    first, second = (model.layers[0].loss for model in models)
    for one, other in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(one, other)


class Holder(keras.layers.Layer):
    """Makes a cost loss part of a model."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def call(self, inputs):
        """Returns what came."""
        return inputs
