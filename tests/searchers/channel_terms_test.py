"""Costs between grid points in TensorFlow, by hand and against NumPy."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st
from keras import ops

from ednas_tf import layers
from ednas_tf.hardware import channel_costs, targets
from ednas_tf.searchers.channel_terms import ChannelTerms
from tests import small

TDA2 = targets.load("tda2")


class Network:
    """The costs of a space, and their gradients with respect to channels."""

    def __init__(self, space, multiple=1):
        self.costs = channel_costs.build(space, multiple, TDA2)
        self.terms = ChannelTerms(self.costs.layout)
        grids = list(self.costs.grids.values())
        self.grids = tf.constant(np.array(grids), tf.float32)

    def __call__(self, counts, probabilities=()):
        shares = np.concatenate([[], *probabilities]).astype(np.float32)
        return self.terms(self.grids, shares, counts)

    def gradient(self, name, *counts):
        counts = [tf.constant(float(count)) for count in counts]
        with tf.GradientTape() as tape:
            tape.watch(counts)
            cost = self(counts)[list(self.costs.grids).index(name)]
        return [float(g) for g in tape.gradient(cost, counts)]


RESIDUAL = Network(small.residual((4, 6)))
JOINT = Network(small.space(("dw3", "dw7", "skip"), expansion=2), multiple=2)


@pytest.mark.parametrize("counts", [(2, 3), (1, 1), (4, 6), (4, 1), (2.5, 3.5)])
def test_gradient_of_macs_by_hand(counts):
    # Convolutions 3x3 at 8x8 and, to the third, at 4x4; a classifier of 4.
    # The second reads and makes the first group: c * c, of slope 2 c.
    first, third = counts
    made_by_first = 64 * 9 * (3 + 2 * first) + 16 * 9 * third
    made_by_third = 16 * 9 * first + 4
    received = RESIDUAL.gradient("macs", *counts)
    assert received == pytest.approx([made_by_first, made_by_third], rel=1e-4)


def test_gradient_of_a_layer_is_kernel_times_outputs_times_pixels():
    # Of the 3x3 convolution that reads `first` and makes `third` at 4x4.
    more, less = (RESIDUAL.gradient("macs", 2, third)[0] for third in (6, 3))
    assert more - less == pytest.approx(3 * 3 * (6 - 3) * 4 * 4, rel=1e-4)


@hypothesis.settings(deadline=None, max_examples=20, derandomize=True)
@hypothesis.given(data=st.data())
def test_costs_are_those_in_numpy(data):
    layout = JOINT.costs.layout
    counts = [data.draw(st.floats(1, group.size)) for group in layout.groups]
    shares = np.random.default_rng(data.draw(st.integers(0, 999))).dirichlet(
        np.ones(3), len(layout.num_operations)
    )
    named = {g.name: c for g, c in zip(layout.groups, counts, strict=True)}
    expected = JOINT.costs.relaxed(named, shares)
    received = JOINT(counts, shares).numpy()
    np.testing.assert_allclose(received, list(expected.values()), rtol=1e-5)


def test_costs_are_those_of_the_network_that_there_is():
    layout = JOINT.costs.layout
    counts = [layout.allowed(p)[0] for p in range(len(layout.groups))]
    places = [0, 2, 1]
    expected = JOINT.costs.at(layout.named(counts)).discrete(places)
    received = JOINT([float(c) for c in counts], np.eye(3)[places]).numpy()
    for name, cost in zip(JOINT.costs.grids, received, strict=True):
        assert cost == pytest.approx(expected[name], rel=1e-6), name


def test_gradient_reaches_the_alphas_of_a_gate_and_the_probabilities():
    gates = [layers.ChannelGate(g.size) for g in RESIDUAL.costs.layout.groups]
    with tf.GradientTape() as tape:
        macs = RESIDUAL([gate.count() for gate in gates])[2]
    gradient = tape.gradient(macs, gates[1].alpha.value)
    np.testing.assert_allclose(gradient, [16 * 9 * 4 + 4] * 5, rtol=1e-4)


def test_a_group_of_one_block_has_no_gradient_and_no_nan():
    network = Network(small.residual((4, 6)), multiple=8)
    assert network.gradient("macs", 4, 6) == [0.0, 0.0]


def test_it_runs_in_a_graph():
    graph = tf.function(lambda a, b: RESIDUAL([a, b]))
    received = graph(tf.constant(3.0), tf.constant(2.0))
    np.testing.assert_allclose(received, RESIDUAL([3.0, 2.0]), rtol=1e-6)
    assert ops.shape(received) == (len(RESIDUAL.costs.grids),)
