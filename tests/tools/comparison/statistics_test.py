"""Statistics of a comparison against numpy, scipy and hand calculations."""

import math

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies
from scipy import stats

from tests.tools.comparison import example
from tools.comparison import statistics

_SHARES = strategies.floats(0, 1)
_PAIRS = strategies.lists(
    strategies.tuples(_SHARES, _SHARES), min_size=2, max_size=9
)
_BUDGETS = strategies.lists(_SHARES, min_size=1, max_size=3)
_TINY = 1e-6


def _rows(name, accuracies):
    return [
        example.row(name, value, seed) for seed, value in enumerate(accuracies)
    ]


@hypothesis.given(strategies.lists(_SHARES, min_size=2, max_size=9))
def test_accuracy_is_as_numpy_says(values):
    found = statistics.accuracy(_rows("a", values))
    assert found.count == len(values)
    assert found.mean == pytest.approx(100 * np.mean(values))
    deviation = 100 * np.std(values, ddof=1)
    assert found.deviation == pytest.approx(deviation, abs=1e-9)


@hypothesis.given(_PAIRS)
def test_the_paired_test_is_as_scipy_says(pairs):
    first, second = np.array(pairs).T
    hypothesis.assume(np.ptp(first - second) > _TINY)
    found = statistics.difference(_rows("a", first), _rows("b", second))
    expected = stats.ttest_rel(first, second)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-4, abs=1e-12)
    assert found.interval == pytest.approx([100 * x for x in interval])
    assert found.error == pytest.approx(100 * stats.sem(first - second))
    assert found.why == ""


@hypothesis.given(_PAIRS)
def test_swapped_sides_change_signs_alone(pairs):
    ours, others = zip(*pairs, strict=True)
    first, second = _rows("a", ours), _rows("b", others)
    there = statistics.difference(first, second)
    back = statistics.difference(second, first)
    assert there.mean == pytest.approx(-back.mean)
    assert there.p == pytest.approx(back.p)
    assert there.positive + back.positive <= there.runs


@hypothesis.given(strategies.lists(_BUDGETS, min_size=2, max_size=5))
def test_a_pool_is_tested_over_the_means_of_its_seeds(values):
    # Seeds may have different numbers of budgets.
    runs = [
        {"accuracy": value, "seed": seed, "level": level}
        for seed, held in enumerate(values)
        for level, value in enumerate(held)
    ]
    means = [100 * np.mean(held) - 50 for held in values]
    hypothesis.assume(np.ptp(means) > _TINY)
    ours = [example.row("a", **run) for run in runs]
    others = [example.row("b", **{**run, "accuracy": 0.5}) for run in runs]
    found = statistics.difference(ours, others)
    expected = stats.ttest_1samp(means, 0)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-4, abs=1e-12)
    interval = expected.confidence_interval(0.95)
    assert found.interval == pytest.approx([*interval], abs=1e-6)
    assert (found.seeds, found.runs) == (len(values), len(runs))


def test_copies_of_a_run_at_other_budgets_change_no_test():
    ours, others = (
        [
            example.row(name, value, seed, level=level)
            for level in range(6)
            for seed, value in enumerate(values)
        ]
        for name, values in (("a", (0.51, 0.62, 0.73)), ("b", (0.5, 0.6, 0.7)))
    )
    found = statistics.difference(ours, others)
    # As for three runs, below; 18 would have p < 0.001.
    assert found.p == pytest.approx(0.0742, abs=1e-4)
    assert found.error == pytest.approx(1 / math.sqrt(3))
    assert (found.seeds, found.runs, found.positive) == (3, 18, 18)


def test_one_seed_of_many_budgets_has_no_test():
    ours = [example.row("a", 0.6 + x / 10, level=x) for x in range(3)]
    others = [example.row("b", 0.5, level=x) for x in range(3)]
    found = statistics.difference(ours, others)
    assert found.points == pytest.approx((10, 20, 30))
    assert found.mean == pytest.approx(20)
    assert (found.seeds, found.p, found.why) == (1, None, "one seed")


def test_three_seeds_by_hand():
    # Differences of 1, 2 and 3 points: deviation 1, t = 2 * sqrt(3).
    found = statistics.difference(
        _rows("a", [0.51, 0.62, 0.73]), _rows("b", [0.5, 0.6, 0.7])
    )
    assert found.points == pytest.approx((1, 2, 3))
    assert (found.mean, found.positive) == (pytest.approx(2), 3)
    assert found.error == pytest.approx(1 / math.sqrt(3))
    assert found.p == pytest.approx(0.0742, abs=1e-4)


def test_an_accuracy_without_a_second_seed_has_no_deviation():
    found = statistics.accuracy(_rows("a", [0.5]))
    assert found == statistics.Spread(1, 50.0, None)


def test_nothing_has_no_mean():
    assert statistics.accuracy([]) == statistics.Spread(0, None, None)


@pytest.mark.parametrize(
    ("ours", "why"),
    [([], "no shared runs"), ([0.6], "one seed"), ([0.6, 0.7], "no spread")],
)
def test_why_there_is_no_p_is_told(ours, why):
    found = statistics.difference(_rows("a", ours), _rows("b", [0.5, 0.6]))
    assert (found.p, found.why) == (None, why)


def test_equal_networks_are_not_above():
    found = statistics.difference(_rows("a", [0.5] * 3), _rows("b", [0.5] * 3))
    assert (found.mean, found.positive, found.why) == (0, 0, "no spread")
    assert found.equal == 3


def test_shared_runs_need_the_seed_the_level_and_the_target_of_both():
    ours = [example.row("a", 0.7, 0), example.row("a", 0.7, 1)]
    others = [
        example.row("b", 0.6, 0),
        example.row("b", 0.6, 1, level=2),
        example.row("b", 0.6, 1, target="host"),
    ]
    assert statistics.difference(ours, others).points == pytest.approx((10,))


def test_a_run_of_many_members_is_their_mean():
    found = [
        example.row("random", value, seed, member=member)
        for seed, values in enumerate([(0.1, 0.3), (0.4, 0.8)])
        for member, value in enumerate(values)
    ]
    spread = statistics.accuracy(found)
    assert (spread.count, spread.mean) == (2, pytest.approx(40))


def test_the_deviation_is_that_of_single_networks():
    found = [
        example.row("random", value, seed, member=member)
        for seed, values in enumerate([(0.1, 0.3), (0.4, 0.8)])
        for member, value in enumerate(values)
    ]
    # 10, 30, 40 and 80 are 30, 10, 0 and 40 from their mean.
    spread = statistics.accuracy(found)
    assert spread.deviation == pytest.approx((2600 / 3) ** 0.5)


def test_rows_without_the_figure_do_not_count():
    found = [example.row(), example.row(seed=1, accuracy=None)]
    assert statistics.accuracy(found).count == 1


def test_every_member_must_meet_its_own_budget():
    found = [
        example.row(seed=0, budget_us=10.0, file_us=10.0),
        example.row(seed=1, budget_us=10.0, file_us=10.1),
        example.row(seed=1, member=1, budget_us=20.0, file_us=10.1),
        example.row(seed=2, budget_us=10.0),
    ]
    assert statistics.within(found) == statistics.Share(2, 3)
    assert statistics.within(found, "measured_us").value is None


def test_the_budget_used_is_a_mean_of_shares_over_runs():
    found = [
        example.row(seed=0, budget_us=10.0, file_us=9.0),
        example.row(seed=1, budget_us=100.0, file_us=40.0),
        example.row(seed=1, member=1, budget_us=100.0, file_us=60.0),
        example.row(seed=2),
    ]
    assert statistics.costs(found).used == pytest.approx(0.7)
    assert statistics.costs(found[3:]).used is None


def test_the_ratio_is_the_mean_of_ratios():
    found = [
        example.row(seed=0, search_cpu_s=1.0, train_cpu_s=2.0),
        example.row(seed=1, search_cpu_s=9.0, train_cpu_s=6.0),
        example.row(seed=2, train_cpu_s=1.0),
    ]
    costs = statistics.costs(found)
    assert (costs.ratio, costs.search_cpu_s, costs.train_cpu_s) == (1, 5, 3)
    assert costs.networks == 3


def test_without_a_search_there_is_no_ratio():
    costs = statistics.costs([example.row(train_cpu_s=2.0)])
    assert (costs.search_cpu_s, costs.ratio) == (None, None)
