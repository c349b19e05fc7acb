"""The integer program against every architecture there is."""

import itertools
import math

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf import errors
from ednas_tf.searchers import decode
from tests import small


@st.composite
def problems(draw):
    """Draws probabilities, a table with gaps, and budgets within reach."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    latencies = [
        rng.integers(1, 9, size) * rng.choice([1, 0.1]) for size in sizes
    ]
    memory = [rng.integers(1, 9, size) for size in sizes]
    gaps = [rng.random(size) < 0.2 for size in sizes]
    latencies = [
        np.where(gap & (np.arange(len(gap)) > 0), np.inf, costs)
        for gap, costs in zip(gaps, latencies, strict=True)
    ]
    table = small.table(latencies, fixed=rng.uniform(0, 9), memory_bytes=memory)
    probabilities = [rng.dirichlet(np.ones(size)) for size in sizes]
    low, high = table.smallest(), table.largest()
    names = draw(st.sets(st.sampled_from(table.names)))
    budgets = {
        name: low[name] + draw(st.floats(0, 1)) * (high[name] - low[name])
        for name in sorted(names)
    }
    return probabilities, table, budgets


def score(probabilities, chosen):
    pairs = zip(probabilities, chosen, strict=True)
    return sum(math.log(shares[place]) for shares, place in pairs)


def fits(table, chosen, budgets):
    costs = table.discrete(chosen)
    inside = all(costs[name] <= budget for name, budget in budgets.items())
    return inside and math.isfinite(costs["latency_us"])


def everything(probabilities):
    return itertools.product(*(range(len(shares)) for shares in probabilities))


@hypothesis.settings(deadline=None, max_examples=150, derandomize=True)
@hypothesis.given(problems())
def test_no_other_architecture_within_the_budgets_is_likelier(problem):
    probabilities, table, budgets = problem
    inside = [
        score(probabilities, chosen)
        for chosen in everything(probabilities)
        if fits(table, chosen, budgets)
    ]
    if not inside:
        with pytest.raises(errors.BudgetError, match="meets all of"):
            decode.decode(probabilities, table, budgets)
        return
    chosen = decode.decode(probabilities, table, budgets)
    assert fits(table, chosen, budgets)
    assert score(probabilities, chosen) == pytest.approx(max(inside), abs=1e-9)


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(problems(), st.integers(0, 10**6))
def test_a_budget_equal_to_a_cost_reaches_it(problem, seed):
    probabilities, table, _ = problem
    possible = [c for c in everything(probabilities) if fits(table, c, {})]
    wanted = possible[seed % len(possible)]
    certain = [
        np.where(np.arange(len(shares)) == place, 0.9, 0.1)
        for shares, place in zip(probabilities, wanted, strict=True)
    ]
    budgets = {name: table.discrete(wanted)[name] for name in table.names}
    assert tuple(decode.decode(certain, table, budgets)) == wanted


@hypothesis.settings(deadline=None, max_examples=60, derandomize=True)
@hypothesis.given(problems())
def test_within_reach_is_what_some_network_in_each_budget_has(problem):
    probabilities, table, budgets = problem
    usable = [c for c in everything(probabilities) if fits(table, c, {})]
    inside = [
        {(slot, place) for c in usable for slot, place in enumerate(c)},
        *(
            {
                (slot, place)
                for c in usable
                if table.discrete(c)[name] <= budget + 1e-6
                for slot, place in enumerate(c)
            }
            for name, budget in budgets.items()
        ),
    ]
    expected = set.intersection(*inside)
    marks = decode.within_reach(table, budgets)
    if marks is None:
        assert len({slot for slot, _ in expected}) < len(probabilities)
        return
    received = {
        (slot, place)
        for slot, row in enumerate(marks)
        for place, reached in enumerate(row)
        if reached
    }
    assert received == expected


def test_without_budgets_it_is_the_arg_max():
    probabilities = [np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.4])]
    table = small.table([[1, 2, 3], [4, 5]])
    assert decode.decode(probabilities, table, {}) == [1, 0]


def test_without_slots_there_is_nothing_to_choose():
    table = small.table([], fixed=10.0)
    assert decode.decode([], table, {"latency_us": 10.0}) == []
    with pytest.raises(errors.BudgetError, match="reachable is 10"):
        decode.decode([], table, {"latency_us": 9.0})


def test_an_operation_without_probability_can_still_be_chosen():
    table = small.table([[1, 9]])
    certain = [np.array([0.0, 1.0])]
    assert decode.decode(certain, table, {"latency_us": 11.0}) == [0]


def test_an_impossible_operation_is_never_chosen():
    table = small.table([[np.inf, 9], [1, 2]])
    shares = [np.array([0.999, 0.001]), np.array([0.5, 0.5])]
    assert decode.decode(shares, table, {})[0] == 1


def test_a_budget_below_reach_names_the_lowest_cost():
    table = small.table([[1, 2], [3, 4]])
    shares = [np.full(2, 0.5)] * 2
    with pytest.raises(errors.BudgetError) as caught:
        decode.decode(shares, table, {"latency_us": 13.9})
    assert "latency_us <= 13.9" in str(caught.value)
    assert "lowest reachable is 14" in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("cost", [1234.5612, 0.012346, 98765432.1])
def test_the_lowest_cost_that_is_told_can_be_asked_for(cost):
    table = small.table([[cost, 2 * cost]], fixed=0.0)
    with pytest.raises(errors.BudgetError) as caught:
        decode.decode([np.full(2, 0.5)], table, {"latency_us": cost / 2})
    told = str(caught.value).split("reachable is ")[1].split(". ")[0]
    assert decode.decode([np.ones(2)], table, {"latency_us": float(told)}) == [
        0
    ]


def test_budgets_that_fit_alone_but_not_together_are_told():
    table = small.table([[1, 9]], memory_bytes=[[9, 1]])
    budgets = {"latency_us": 12.0, "memory_bytes": 12.0}
    with pytest.raises(errors.BudgetError, match="meets all of latency_us"):
        decode.decode([np.full(2, 0.5)], table, budgets)


def test_an_unknown_cost_is_named():
    table = small.table([[1, 9]])
    with pytest.raises(
        errors.UserError, match="Unknown cost of the target 'energy_uj'"
    ):
        decode.decode([np.full(2, 0.5)], table, {"energy_uj": 12.0})


def test_a_violation_within_the_tolerance_of_the_solver_is_refused():
    # All but one of 3 ** 7 networks cost 3e-10 to 2e-9 of the budget too much.
    costs = [[1000.0, 1000.000002, 1000.000002]] * 7
    table = small.table(costs, fixed=0.0)
    shares = [np.array([0.1, 0.5, 0.4])] * 7
    assert decode.decode(shares, table, {"latency_us": 7000.0}) == [0] * 7


def test_peak_of_memory_is_no_sum():
    peaks = {"peak_ram_bytes": [[500, 900], [700, 300]]}
    table = small.table([[2, 1], [2, 1]], fixed=100.0, **peaks)
    shares = [np.array([0.1, 0.9]), np.array([0.9, 0.1])]
    for budget, chosen in ((900, [1, 0]), (899, [0, 0]), (699, [0, 1])):
        assert (
            decode.decode(shares, table, {"peak_ram_bytes": budget}) == chosen
        )
    with pytest.raises(errors.BudgetError, match="lowest reachable is 500"):
        decode.decode(shares, table, {"peak_ram_bytes": 499})


def test_large_spaces_are_decoded_at_once():
    rng = np.random.default_rng(0)
    table = small.table(rng.uniform(10.0, 1000.0, (33, 10)))
    shares = rng.dirichlet(np.ones(10), 33)
    low, high = (t["latency_us"] for t in (table.smallest(), table.largest()))
    budget = 0.7 * low + 0.3 * high
    chosen = decode.decode(shares, table, {"latency_us": budget})
    assert 0.98 * budget < table.discrete(chosen)["latency_us"] <= budget
