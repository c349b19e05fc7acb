"""Contestants that follow from others."""

import pytest

from ednas_tf import errors
from tests.tools.comparison import example
from tools.comparison import summary


def _compare(rows, **protocol):
    return summary.compare(rows, example.protocol(**protocol))


def test_one_draw_is_the_first_member():
    rows = [
        example.row("random", 0.1 * member, member=member)
        for member in range(3)
    ]
    (found,) = _compare(rows).at("random_first")
    assert (found.member, found.contestant) == (0, "random_first")


def test_the_better_of_two_draws_is_chosen_by_validation():
    rows = [
        example.row("random", 0.7, member=0, validation=0.6),
        example.row("random", 0.5, member=1, validation=0.8),
        example.row("random", 0.9, member=2, validation=0.9),
        example.row("random", 0.9, seed=1, member=0, validation=0.9),
    ]
    (found,) = _compare(rows).at("random_better")
    assert (found.member, found.accuracy) == (1, 0.5)


def test_without_validation_no_draw_is_chosen():
    rows = [example.row("random", 0.5, member=member) for member in range(2)]
    assert _compare(rows).at("random_better") == []


def test_the_best_fixed_kernel_is_not_tested():
    rows = [
        example.row(name, value + seed / 10, seed)
        for name, value in (("two_paths", 0.5), ("dw3", 0.6))
        for seed in range(3)
    ]
    rows[0] = example.row("two_paths", 0.55, 0)
    found = _compare(rows)
    assert found.difference("dw3").p is not None
    chosen = found.difference("best_fixed")
    assert (chosen.p, chosen.why) == (None, "chosen by these")
    assert chosen.mean == found.difference("dw3").mean


def test_the_best_fixed_kernel_differs_by_budget():
    rows = [
        example.row("dw3", 0.6),
        example.row("dw5", 0.5),
        example.row("dw3", 0.6, level=2, budget_us=9.0),
        example.row("dw5", 0.7, level=2, budget_us=9.0),
    ]
    found = _compare(rows).at("best_fixed")
    assert [row.accuracy for row in found] == [0.6, 0.7]


def test_the_best_fixed_kernel_has_the_best_mean_not_the_best_seed():
    rows = [
        example.row(name, value, seed)
        for name, values in {"dw3": (0.9, 0.1), "dw5": (0.6, 0.6)}.items()
        for seed, value in enumerate(values)
    ]
    assert [*_compare(rows).winners.values()] == ["dw5"]


def test_a_contestant_without_accuracy_does_not_win():
    rows = [example.row("dw3", None), example.row("dw5", 0.1)]
    assert [*_compare(rows).winners.values()] == ["dw5"]


def test_no_fixed_kernels_make_no_best_one():
    assert "best_fixed" not in _compare([example.row()], fixed=()).labels


def test_one_draw_stands_behind_the_mean_and_the_best_fixed_last():
    names = [*_compare(example.full(1)).labels]
    assert names.index("random_first") == names.index("random") + 1
    assert names[-1] == "best_fixed"


def test_the_protocol_may_name_derived_contestants():
    labels = {"random_first": "one", **example.LABELS}
    found = _compare([example.row()], labels=labels).labels
    assert [*found][0] == "random_first"
    assert found["random_first"] == "one"


def test_unforeseen_contestants_come_last_by_their_id():
    assert [*_compare([example.row("odd")]).labels.items()][-1] == (
        "odd",
        "odd",
    )


def test_rows_of_a_derived_contestant_are_a_mistake():
    with pytest.raises(errors.UserError, match="'best_fixed'"):
        _compare([example.row("best_fixed")])
