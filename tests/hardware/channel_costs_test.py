"""Costs as a function of channels, by hand and against narrower spaces."""

import dataclasses

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.hardware import channel_costs, costs, table, targets
from tests import small

TDA2 = targets.load("tda2")
RESIDUAL = channel_costs.build(small.residual((4, 6)), 1, TDA2)


def one_hot(space, places):
    return [
        np.eye(len(slot.operations))[place]
        for slot, place in zip(space.slots, places, strict=True)
    ]


def macs_by_hand(first, third):
    """MACs of `small.residual`: three convolutions and the classifier."""
    wide = 64 * 9 * (3 * first + first * first)
    return wide + 16 * 9 * first * third + third * 4


@pytest.mark.parametrize("counts", [(4, 6), (3, 6), (1, 1), (2, 5)])
def test_macs_and_memory_by_hand(counts):
    first, third = counts
    named = {"first": first, "third": third}
    found = RESIDUAL.relaxed(named, [])
    assert found["macs"] == macs_by_hand(first, third)
    weights = 9 * first * (3 + first + third) + 4 * third
    biases = 2 * first + third + 4
    assert found["params"] == weights + biases
    assert found["memory_bytes"] == weights + 4 * biases


def test_latency_by_hand():
    found = RESIDUAL.relaxed({"first": 2, "third": 5}, [])
    dense = macs_by_hand(2, 5) - 20
    # Bytes of three convolutions, sum, pooling, classifier and softmax.
    num_bytes = 3 * 64 * 2 + 16 * 5 + 5 + 4 + 4
    cycles = 0.647 * dense + 0.902 * 20 + 8.42 * num_bytes
    assert found["latency_us"] == pytest.approx(cycles / 1000, rel=1e-12)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@hypothesis.settings(deadline=None, max_examples=15, derandomize=True)
@hypothesis.given(data=st.data())
def test_grids_cost_what_the_narrower_space_costs(topology, data):
    # A depthwise 11x11 becomes tiles on this target.
    names = ("dw3", "dw11", "max3", "skip")
    space = small.space(names, topology=topology, channels=(4, 4, 7))
    found = channel_costs.build(space, data.draw(st.sampled_from([1, 2])), TDA2)
    places = range(len(found.layout.groups))
    counts = found.layout.named(
        data.draw(st.sampled_from(found.layout.allowed(p))) for p in places
    )
    chosen = [data.draw(st.integers(0, 3)) for _ in space.slots]
    expected = found.at(counts).discrete(chosen)
    received = found.relaxed(counts, one_hot(space, chosen))
    for name, cost in received.items():
        assert cost == pytest.approx(expected[name], rel=1e-9), name


def test_costs_at_given_channels_are_those_of_the_narrowed_space():
    space = small.space()
    found = channel_costs.build(space, 1, TDA2)
    narrow = space.narrowed({found.layout.groups[0].name: 2})
    expected = costs.build(narrow, table.generate(narrow, TDA2), target=TDA2)
    assert found.at({found.layout.groups[0].name: 2}) == expected


def test_smallest_and_largest_by_hand():
    assert RESIDUAL.smallest()["macs"] == macs_by_hand(1, 1)
    assert RESIDUAL.largest()["macs"] == macs_by_hand(4, 6)
    assert RESIDUAL.smallest()["energy_uj"] is None
    assert RESIDUAL.names == (
        "latency_us",
        "memory_bytes",
        "macs",
        "params",
        "peak_ram_bytes",
    )


def test_lowest_takes_the_cheapest_operation_of_each_slot():
    found = channel_costs.build(small.space(("dw3", "dw7", "skip")), 1, TDA2)
    groups = found.layout.groups
    counts = np.array([[g.size for g in groups], [1] * len(groups)])
    received = found.lowest(counts, ["macs", "latency_us"])
    for name, values in received.items():
        expected = [found.at({}).smallest()[name], found.smallest()[name]]
        assert values == pytest.approx(expected)


def test_fractions_lie_on_the_line_between_points():
    ends = [RESIDUAL.relaxed({"first": 2, "third": t}, []) for t in (3, 4)]
    received = RESIDUAL.relaxed({"first": 2, "third": 3.25}, [])
    for name, cost in received.items():
        expected = 0.75 * ends[0][name] + 0.25 * ends[1][name]
        assert cost == pytest.approx(expected)


def test_thinned_axes_leave_macs_and_memory_exact():
    found = channel_costs.build(small.residual((70, 90)), 1, TDA2)
    assert len(found.layout.points(1)) < 90
    received = found.relaxed({"first": 41, "third": 68}, [])
    # Within a convolution that reads and makes one group, too.
    assert received["macs"] == pytest.approx(macs_by_hand(41, 68), rel=1e-12)


def test_probabilities_average_the_operations():
    found = channel_costs.build(small.space(("dw3", "dw5")), 1, TDA2)
    whole = {g.name: g.size for g in found.layout.groups}
    shares = [np.array([0.25, 0.75])] * 3
    received = found.relaxed(whole, shares)["macs"]
    ends = [found.at({}).discrete([i] * 3)["macs"] for i in (0, 1)]
    assert received == pytest.approx(0.25 * ends[0] + 0.75 * ends[1])


def test_energy_has_a_grid_where_the_device_states_its_power():
    target = targets.load("stm32h743")
    found = channel_costs.build(small.residual(), 1, target)
    counts = {"first": 3, "third": 2}
    expected = found.at(counts).discrete([])["energy_uj"]
    assert expected > 0
    assert found.relaxed(counts, [])["energy_uj"] == pytest.approx(expected)


def test_a_table_without_narrower_operators_is_refused():
    space = small.residual()
    lut = table.generate(space, TDA2)
    with pytest.raises(errors.UserError) as caught:
        channel_costs.build(space, 1, TDA2, lut)
    assert "--lut_missing=interpolate or model" in str(caught.value)
    assert "first" in str(caught.value)


@pytest.mark.parametrize("missing", ["interpolate", "model"])
def test_a_table_with_gaps_is_filled_as_the_narrower_space_is(missing):
    space = small.space(("dw3", "dw7"))
    lut = table.generate(space, TDA2)
    found = channel_costs.build(space, 1, TDA2, lut, missing)
    counts = {g.name: max(1, g.size // 2) for g in found.layout.groups}
    expected = found.at(counts).discrete([0, 1, 1])
    received = found.relaxed(counts, one_hot(space, [0, 1, 1]))
    assert received["latency_us"] == pytest.approx(expected["latency_us"])
    assert found.filled > found.at(counts).filled > 0
    assert found.extrapolated >= found.filled


def test_a_complete_table_needs_no_policy():
    space = small.residual((1, 2))
    entries = {}
    for third in (1, 2):
        lut = table.generate(space.narrowed({"third": third}), TDA2)
        entries |= {entry.key: entry for entry in lut.entries}
    lut = dataclasses.replace(lut, entries=tuple(entries.values()))
    found = channel_costs.build(space, 1, TDA2, lut)
    assert (found.filled, found.extrapolated) == (0, 0)
    assert found.grids["macs"].sum() > 0


def test_an_operation_that_the_device_lacks_costs_infinitely_much():
    space = small.space(("dw3", "max3"))
    lut = table.generate(space, TDA2)
    entries = tuple(
        dataclasses.replace(e, status="unsupported")
        if e.operator.op == "maxpool" and e.operator.in_c == 4
        else e
        for e in lut.entries
    )
    lut = dataclasses.replace(lut, entries=entries)
    found = channel_costs.build(space, 1, TDA2, lut, "model")
    whole = {g.name: g.size for g in found.layout.groups}
    chosen = found.relaxed(whole, one_hot(space, [0, 0, 0]))
    assert np.isfinite(chosen["latency_us"])
    other = found.relaxed(whole, one_hot(space, [1, 0, 0]))
    assert other["latency_us"] == np.inf
