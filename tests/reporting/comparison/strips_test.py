"""A dot for each seed."""

from ednas_tf.reporting.comparison import entries, shown, strips
from tests.reporting import made_runs


def _drawn(accuracies):
    known = [
        made_runs.record(f"s{seed}", seed, int8)
        for seed, int8 in enumerate(accuracies)
    ]
    comparison = entries.compare(known)
    column = shown.column("int8", [0.8, 1.0], "accuracy")
    return strips.draw(comparison.groups, column)


def test_every_run_has_a_dot_and_the_group_a_mean():
    drawing = _drawn([0.8, 0.9, 0.9, 1.0])
    assert drawing.count("<circle") == 4
    assert drawing.count('class="mean"') == 1


def test_equal_figures_lie_in_lanes_of_their_own():
    dots = _drawn([0.9, 0.9, 0.9]).split("<circle")[1:]
    assert len({dot.split('cy="')[1].split('"')[0] for dot in dots}) == 3


def test_group_without_the_figure_is_not_drawn():
    assert _drawn([None, None]) is None
