"""The drawing of accuracy against cost."""

import re

import pytest

from ednas_tf.reporting.comparison import entries, scatter, shown
from tests.reporting import made_runs

_CIRCLE = re.compile(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*class="([^"]*)"')


def _drawn(figures):
    known = [
        made_runs.record(
            str(place),
            int8=int8,
            architecture=made_runs.network(costs={"macs": macs}),
            search=None,
        )
        for place, (macs, int8) in enumerate(figures)
    ]
    comparison = entries.compare(known)
    return scatter.draw(comparison, shown.columns(comparison))


def test_marks_lie_as_their_figures_do():
    marks = _CIRCLE.findall(_drawn([(100, 0.8), (200, 0.9), (300, 0.85)]))
    across = [float(x) for x, _, _ in marks]
    down = [float(y) for _, y, _ in marks]
    step = across[1] - across[0]
    assert step > 0
    assert across[2] - across[1] == pytest.approx(step, abs=0.02)
    assert down[1] < down[2] < down[0]


def test_marks_of_the_front_are_filled():
    marks = _CIRCLE.findall(_drawn([(100, 0.8), (200, 0.9), (300, 0.85)]))
    assert ["front" in kind for _, _, kind in marks] == [True, True, False]


def test_equal_runs_share_a_number():
    drawing = _drawn([(100, 0.8), (100, 0.8), (300, 0.9)])
    assert ">1, 2</text>" in drawing


def test_single_run_is_not_drawn():
    assert _drawn([(100, 0.8)]) is None
