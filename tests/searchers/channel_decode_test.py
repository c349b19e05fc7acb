"""Channels and operations within budgets, against every network there is."""

import itertools
from unittest import mock

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.hardware import channel_costs, targets
from ednas_tf.searchers import channel_decode
from tests import small

TDA2 = targets.load("tda2")
MULTIPLE = 2
NAMES = ("latency_us", "memory_bytes", "macs", "peak_ram_bytes")
JOINT = channel_costs.build(
    small.space(("dw3", "dw7"), channels=(4, 4, 3)), MULTIPLE, TDA2
)
RESIDUAL = channel_costs.build(small.residual((4, 6)), 1, TDA2)


def draw_alphas(table, multiple, seed):
    rng = np.random.default_rng(seed)
    return [
        rng.uniform(0, 1, -(-group.size // multiple) - 1)
        for group in table.layout.groups
    ]


def every_network(table):
    """Yields the costs of all channels and operations that there are."""
    layout = table.layout
    axes = [layout.allowed(p) for p in range(len(layout.groups))]
    places = [range(count) for count in layout.num_operations]
    for counts in itertools.product(*axes):
        found = table.at(layout.named(counts))
        for chosen in itertools.product(*places):
            yield found.discrete(chosen)


def within(costs, budgets):
    return all(costs[name] <= budget for name, budget in budgets.items())


def costs_of(table, operations, masks):
    counts = table.layout.named(mask.sum() for mask in masks)
    return table.at(counts).discrete(operations)


@st.composite
def budgets(draw, table):
    """Draws budgets from just below the smallest to the largest network."""
    low, high = table.smallest(), table.largest()
    names = draw(st.sets(st.sampled_from(NAMES), min_size=1))
    return {
        name: low[name] + draw(st.floats(-0.05, 0.6)) * (high[name] - low[name])
        for name in sorted(names)
    }


@hypothesis.settings(deadline=None, max_examples=80, derandomize=True)
@hypothesis.given(wanted=budgets(JOINT), seed=st.integers(0, 10**6))
def test_a_result_is_within_budgets_and_there_is_one_if_any_is(wanted, seed):
    alphas = draw_alphas(JOINT, MULTIPLE, seed)
    shares = np.random.default_rng(seed).dirichlet(np.ones(2), 3)
    inside = any(within(costs, wanted) for costs in every_network(JOINT))
    arguments = (list(shares), alphas, JOINT, wanted, MULTIPLE)
    if not inside:
        with pytest.raises(errors.BudgetError):
            channel_decode.decode(*arguments)
        return
    operations, masks = channel_decode.decode(*arguments)
    assert within(costs_of(JOINT, operations, masks), wanted)
    for mask, alpha, group in zip(
        masks, alphas, JOINT.layout.groups, strict=True
    ):
        assert mask[:MULTIPLE].all()
        assert mask.sum() in (2, 4, group.size)
        dropped = np.repeat(np.append(1, alpha), MULTIPLE)[: group.size] <= 0.5
        assert not mask[dropped].any()


@hypothesis.settings(deadline=None, max_examples=40, derandomize=True)
@hypothesis.given(wanted=budgets(RESIDUAL), seed=st.integers(0, 10**6))
def test_no_channel_that_the_search_kept_could_come_back(wanted, seed):
    alphas = draw_alphas(RESIDUAL, 1, seed)
    try:
        _, masks = channel_decode.decode([], alphas, RESIDUAL, wanted, 1)
    except errors.BudgetError:
        return
    for group, (mask, alpha) in enumerate(zip(masks, alphas, strict=True)):
        if mask.sum() < 1 + (alpha > 0.5).sum():
            more = [m.copy() for m in masks]
            more[group][np.flatnonzero(~mask)[0]] = True
            assert not within(costs_of(RESIDUAL, [], more), wanted)


@hypothesis.settings(deadline=None, max_examples=40, derandomize=True)
@hypothesis.given(wanted=budgets(RESIDUAL), seed=st.integers(0, 10**6))
def test_what_fills_a_budget_leaves_no_room_for_a_channel(wanted, seed):
    alphas = draw_alphas(RESIDUAL, 1, seed)
    arguments = ([], alphas, RESIDUAL, wanted, 1)
    try:
        _, found = channel_decode.decode(*arguments)
    except errors.BudgetError:
        return
    _, masks = channel_decode.decode(*arguments, fill=True)
    assert within(costs_of(RESIDUAL, [], masks), wanted)
    for group, mask in enumerate(masks):
        assert mask[found[group]].all()
        if not mask.all():
            more = [m.copy() for m in masks]
            more[group][np.flatnonzero(~mask)[0]] = True
            assert not within(costs_of(RESIDUAL, [], more), wanted)


def test_room_goes_to_the_channel_of_the_highest_alpha():
    alphas = [np.array([0.9, 0.2, 0.4]), np.array([0.1, 0.45, 0.3, 0, 0])]
    wanted = {"macs": RESIDUAL.at({"first": 3, "third": 2}).smallest()["macs"]}
    _, masks = channel_decode.decode([], alphas, RESIDUAL, wanted, 1, True)
    # 0.45 first, then 0.4; then 0.3 and 0.2 are too much.
    assert masks[1].tolist() == [True, False, True, False, False, False]
    assert masks[0].tolist() == [True, True, False, True]


def test_room_goes_to_all_groups_where_alphas_are_equal():
    alphas = [np.zeros(3), np.zeros(5)]
    wanted = {"macs": RESIDUAL.at({"first": 2, "third": 3}).smallest()["macs"]}
    _, masks = channel_decode.decode([], alphas, RESIDUAL, wanted, 1, fill=True)
    # 2 of 6, 2 of 4, 3 of 6; a third of 4 is too much.
    assert [mask.sum() for mask in masks] == [2, 3]


@hypothesis.settings(deadline=None, max_examples=40, derandomize=True)
@hypothesis.given(wanted=budgets(JOINT), seed=st.integers(0, 10**6))
def test_room_is_filled_beside_operations_in_whole_blocks(wanted, seed):
    alphas = draw_alphas(JOINT, MULTIPLE, seed)
    shares = list(np.random.default_rng(seed).dirichlet(np.ones(2), 3))
    arguments = (shares, alphas, JOINT, wanted, MULTIPLE)
    try:
        chosen, found = channel_decode.decode(*arguments)
    except errors.BudgetError:
        return
    operations, masks = channel_decode.decode(*arguments, fill=True)
    assert operations == chosen
    assert within(costs_of(JOINT, operations, masks), wanted)
    for mask, less, group in zip(
        masks, found, JOINT.layout.groups, strict=True
    ):
        assert mask[less].all()
        assert mask.sum() in (2, 4, group.size)


def test_a_fill_asks_for_few_costs():
    # 22 blocks in two groups: one by one that would be as many.
    table = channel_costs.build(small.residual((12, 12)), 1, TDA2)
    kind, real = type(table), type(table).at
    with mock.patch.object(kind, "at", autospec=True, side_effect=real) as at:
        alphas, wanted = [np.zeros(11)] * 2, {"macs": 1e12}
        channel_decode.decode([], alphas, table, wanted, 1, fill=True)
    assert at.call_count < 12


def test_within_the_budgets_it_is_what_the_search_found():
    alphas = [np.array([0.9, 0.4, 0.6]), np.array([0.1, 0.5, 0.51, 1, 0])]
    largest = {"macs": RESIDUAL.largest()["macs"]}
    _, masks = channel_decode.decode([], alphas, RESIDUAL, largest, 1)
    assert masks[0].tolist() == [True, True, False, True]
    assert masks[1].tolist() == [True, False, False, True, True, False]
    found = channel_decode.searched_costs([], alphas, RESIDUAL, 1)
    counts = {"first": 3, "third": 3}
    assert found == RESIDUAL.at(counts).discrete([])


def test_operations_become_cheaper_before_channels_go():
    shares = [np.array([0.1, 0.9])] * 3
    alphas = [np.ones(-(-g.size // 2) - 1) for g in JOINT.layout.groups]
    wanted = {"macs": JOINT.at({}).smallest()["macs"]}
    operations, masks = channel_decode.decode(
        shares, alphas, JOINT, wanted, MULTIPLE
    )
    assert operations == [0, 0, 0]
    assert all(mask.all() for mask in masks)
    found = channel_decode.searched_costs(shares, alphas, JOINT, MULTIPLE)
    assert found["macs"] == JOINT.largest()["macs"]


def test_the_channel_with_the_least_alpha_goes_first():
    alphas = [np.array([0.9, 0.6, 0.8]), np.ones(5)]
    first = RESIDUAL.at({"first": 3}).discrete([])["macs"]
    _, masks = channel_decode.decode([], alphas, RESIDUAL, {"macs": first}, 1)
    assert masks[0].tolist() == [True, True, False, True]
    assert masks[1].all()


def test_a_small_last_block_goes_before_the_others():
    # Blocks of 4 and 2: with 2 alone of them, no multiple of 4 is left.
    table = channel_costs.build(small.residual((4, 10)), 4, TDA2)
    alphas = [np.array([]), np.array([0.7, 1.0])]
    wanted = {"macs": table.at({"third": 9}).discrete([])["macs"]}
    _, masks = channel_decode.decode([], alphas, table, wanted, 4)
    assert masks[1].tolist() == [True] * 8 + [False] * 2
    alphas = [np.array([]), np.array([0.3, 1.0])]
    _, masks = channel_decode.decode([], alphas, table, {}, 4)
    assert masks[1].sum() == 4


def test_peak_memory_alone_makes_the_widest_tensors_narrower():
    alphas = [np.full(3, 0.6), np.full(5, 0.55)]
    wanted = {"peak_ram_bytes": 3 * 64 * 3}
    _, masks = channel_decode.decode([], alphas, RESIDUAL, wanted, 1)
    assert [mask.sum() for mask in masks] == [3, 6]


def test_a_budget_out_of_reach_names_the_lowest_cost():
    lowest = RESIDUAL.smallest()["macs"]
    alphas = draw_alphas(RESIDUAL, 1, 0)
    with pytest.raises(errors.BudgetError) as caught:
        channel_decode.decode([], alphas, RESIDUAL, {"macs": lowest - 1}, 1)
    assert f"macs <= {lowest - 1:.0f}" in str(caught.value)
    assert f"lowest reachable is {lowest:.0f}" in str(caught.value)
    _, masks = channel_decode.decode([], alphas, RESIDUAL, {"macs": lowest}, 1)
    assert [mask.sum() for mask in masks] == [1, 1]


def test_an_unknown_cost_is_named():
    alphas = draw_alphas(RESIDUAL, 1, 0)
    with pytest.raises(errors.UserError, match="Unknown cost .* 'energy_uj'"):
        channel_decode.decode([], alphas, RESIDUAL, {"energy_uj": 1.0}, 1)


def test_no_group_shrinks_to_one_channel_for_the_sake_of_the_others():
    # Each weight between the two needs channels of both.
    table = channel_costs.build(small.residual((24, 24)), 1, TDA2)
    alphas = [np.full(23, 0.9), np.full(23, 0.9)]
    wanted = {"memory_bytes": 0.25 * table.largest()["memory_bytes"]}
    _, masks = channel_decode.decode([], alphas, table, wanted, 1)
    assert min(mask.sum() for mask in masks) >= 6
