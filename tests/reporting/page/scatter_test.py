"""Accuracy against cost: the run is marked among the others."""

import re

from ednas_tf.reporting.page import scatter

POINTS = [
    scatter.Point("cheap", 1000.0, 0.5, kind="front"),
    scatter.Point("mine", 2000.0, 0.75, "this run", "front", here=True),
    scatter.Point("beaten", 3000.0, 0.625),
]


def draw(points=POINTS, **kwargs):
    return scatter.scatter(points, "latency_us", "Accuracy", "label", **kwargs)


def test_dots_stand_where_cost_and_accuracy_say():
    places = re.findall('cx="([^"]+)" cy="([^"]+)" r="[56]"', draw())
    (x1, y1), (x2, y2), (x3, y3) = [tuple(map(float, p)) for p in places]
    assert abs((x2 - x1) - (x3 - x2)) < 0.1
    assert y2 < y3 < y1 and abs((y1 - y3) - (y3 - y2)) < 0.1


def test_run_is_marked_and_named():
    text = draw()
    assert text.count('class="ring"') == 1 and ">this run<" in text


def test_pointer_sees_name_and_figures():
    text = draw().replace("\N{NO-BREAK SPACE}", " ")
    assert "beaten: 62.50 %, 3,000 µs" in text


def test_budget_is_an_upright_line():
    assert ">budget<" in draw(budget=2500.0)
    assert ">budget<" not in draw()


def test_label_evades_other_dots():
    crowd = [scatter.Point("b", 2150.0, 0.751, kind="front")]
    text = draw([*POINTS, *crowd])
    (label,) = re.findall("<text([^>]*)>this run<", text)
    assert 'text-anchor="end"' in label


def test_one_point_alone_is_drawn():
    assert "circle" in draw(POINTS[:1])
