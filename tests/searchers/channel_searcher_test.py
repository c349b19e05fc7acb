"""The search step where channels are chosen."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import hardware
from ednas_tf.searchers import Objective, Searcher, Settings
from tests import small

SIDE = 5


def searcher(*objectives, multiple=1, rate=0.1, **settings):
    """Returns a compiled searcher of operations and channels, and costs."""
    keras.utils.set_random_seed(0)
    space = small.space(("dw3", "dw5"), size=SIDE, channels=(4, 4, 2))
    target = hardware.targets.load("stm32h743")
    costs = hardware.channel_costs.build(space, multiple, target)
    model = Searcher(
        space,
        objectives,
        Settings(channel_multiple=multiple, **settings),
        costs.layout,
    )
    model.compile(
        keras.optimizers.SGD(0.01),
        keras.optimizers.Adam(0.1),
        keras.optimizers.SGD(rate),
    )
    model.cost_loss.set_table(costs)
    return model, costs


def tensors(seed=0):
    return tuple(map(tf.constant, small.batch(8, seed, side=SIDE)))


def step(model):
    model.train_step((tensors(0), tensors(1)))
    return [np.array(alpha) for alpha in model.channel_alphas]


@pytest.mark.parametrize("bilevel", [True, False])
def test_channels_wait_for_the_warm_up(bilevel):
    model, _ = searcher(Objective("macs", 1.0), bilevel=bilevel)
    model.searching.assign(0.0)
    assert all((alpha == 1.0).all() for alpha in step(model))
    model.searching.assign(1.0)
    assert any((alpha != 1.0).any() for alpha in step(model))


def test_costs_are_those_of_the_channels_that_stay():
    model, costs = searcher(Objective("macs"), Objective("latency_us"))
    model.channel_alphas[0].assign([0.4, 1.0, 0.1])
    counts = costs.layout.named(map(float, model.counts()))
    assert min(counts.values()) == 2
    odds = [np.asarray(p) for p in model.probabilities()]
    received = model.cost_loss.expected(model.probabilities(), model.counts())
    table = costs.at(counts)
    for value, name in zip(received, ("macs", "latency_us"), strict=True):
        slots = zip(table.slots[name], odds, strict=True)
        expected = table.fixed[name] + sum(np.dot(c, p) for c, p in slots)
        assert float(value) == pytest.approx(expected, rel=1e-5)


def test_masked_channel_says_nothing_to_the_loss():
    model, _ = searcher()
    model.channel_alphas[0].assign([1.0, 0.0, 1.0])
    images = tensors()[0]
    expected = model(images)
    kernel = model.supernet.get_layer("stem_pointwise_norm").beta
    kernel.assign_add([0.0, 0.0, 100.0, 0.0])
    assert np.array_equal(model(images), expected)


def test_multiplier_climbs_by_the_logarithm_and_falls_linearly():
    model, costs = searcher(
        Objective("macs", 0.0, 1000.0), multiplier_rate=0.5, bilevel=False
    )
    loss = model.cost_loss
    above = costs.relaxed(
        costs.layout.named(g.size for g in model.groups), [[0.5, 0.5]] * 3
    )["macs"]
    loss.update(model.probabilities(), model.counts())
    climbed = 0.5 * np.log1p(above / 1000.0 - 1.0)
    assert float(loss.multipliers[0]) == pytest.approx(climbed, rel=1e-4)
    loss.budgets[0] = 2.0 * above
    loss.update(model.probabilities(), model.counts())
    fallen = climbed - 0.5 * 0.5
    assert float(loss.multipliers[0]) == pytest.approx(fallen, rel=1e-4)


def test_nothing_pulls_a_tenth_below_the_budget():
    model, costs = searcher(Objective("macs", 0.0, 1.0))
    loss = model.cost_loss
    loss.multipliers.assign([1.0])
    macs = float(loss.expected(model.probabilities(), model.counts())[0])
    loss.budgets[0] = macs / 0.95
    half = float(loss(model.probabilities(), model.counts()))
    assert half == pytest.approx(0.5 * -0.05, rel=1e-3)
    loss.budgets[0] = macs / 0.89
    assert float(loss(model.probabilities(), model.counts())) == 0.0


def test_gradient_of_a_cost_reaches_every_channel_of_a_group():
    model, costs = searcher(Objective("params", 1.0), rate=1.0)
    values = [alpha.value for alpha in model.channel_alphas]
    with tf.GradientTape() as tape:
        total = model.cost_loss(model.probabilities(), model.counts())
    found = tape.gradient(total, values)
    # By differences, on the NumPy form of the same costs.
    whole = costs.largest()["params"]
    counts = costs.layout.named(g.size for g in model.groups)
    name = model.groups[0].name
    odds = [[0.5, 0.5]] * 3
    less = costs.relaxed({**counts, name: counts[name] - 1e-3}, odds)["params"]
    slope = (costs.relaxed(counts, odds)["params"] - less) / 1e-3 / whole
    np.testing.assert_allclose(found[0], slope, rtol=1e-3)


def test_channels_of_a_block_go_together():
    model, _ = searcher(multiple=2)
    gate = model.channel_gates[0]
    gate.alpha.assign([0.0])
    assert np.asarray(gate.mask()).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert float(gate.count()) == 2.0


def test_state_of_a_search_survives_its_checkpoint(tmp_path):
    model, _ = searcher(Objective("macs", 1.0, 5000.0))
    step(model)
    model.save_weights(tmp_path / "state.weights.h5")
    other, _ = searcher(Objective("macs", 1.0, 5000.0))
    other.load_weights(tmp_path / "state.weights.h5")
    for one, two in zip(step(model), step(other), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
