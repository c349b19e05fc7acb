"""Pictures of a comparison show what the statistics say."""

import numpy as np
import pytest
from PIL import Image

from tests.tools.comparison import example
from tools.comparison import figures

_SMALL = (
    example.row("two_paths", 0.50, 0),
    example.row("two_paths", 0.54, 1),
    example.row("dw3", 0.40, 0),
    example.row("dw3", 0.42, 1),
)


def test_markers_stand_at_the_means_and_bars_show_deviations():
    (axis,) = figures.accuracy(_SMALL, example.protocol()).axes
    means, ends = zip(
        *(
            (bars[0].get_ydata()[0], bars[2][0].get_segments()[0][:, 1])
            for bars in axis.containers
        ),
        strict=True,
    )
    assert means == pytest.approx((52, 41))
    assert np.ptp(ends[0]) == pytest.approx(2 * 8**0.5)


def test_each_target_has_a_panel_with_its_budgets():
    axes = figures.accuracy(example.full(1), example.protocol()).axes
    assert [axis.get_title("left") for axis in axes] == ["tda2", "host"]
    names = [text.get_text() for text in axes[1].get_xticklabels()]
    assert names == ["180 us", "320 us", "610 us"]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_marker_is_numbered_as_in_the_legend(count):
    rows = [example.row(name) for name in [*example.LABELS][:count]]
    figure = figures.accuracy(rows, example.protocol())
    labels = figure.axes[0].get_xticklabels(minor=True)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert [text.get_text() for text in labels] == [
        told.split("  ")[0] for told in legend
    ]


def test_random_draws_are_dots_behind_their_mean():
    rows = [example.row("random", 0.1 * m, member=m) for m in range(8)]
    (axis,) = figures.accuracy(rows, example.protocol()).axes
    (dots,) = axis.collections[:1]
    assert [*dots.get_offsets()[:, 1]] == pytest.approx([*range(0, 80, 10)])
    mean = axis.containers[0][0]
    assert mean.get_ydata()[0] == pytest.approx(35)
    assert dots.get_zorder() < mean.get_zorder()


def test_differences_show_runs_and_their_mean():
    protocol = example.protocol(fixed=())
    (axis,) = figures.differences(_SMALL, protocol).axes
    (dots,) = axis.collections
    assert sorted(dots.get_offsets().data[:, 0]) == pytest.approx([-12, -10])
    _, interval, mean = axis.lines
    assert mean.get_xdata() == pytest.approx([-11])
    # t of one degree of freedom at 97.5 % is 12.706; the error is 1 point.
    assert interval.get_xdata() == pytest.approx([-23.706, 1.706], abs=1e-3)


def test_differences_show_each_run_of_a_seed():
    more = [
        example.row("two_paths", 0.5, level=2, budget_us=9.0),
        example.row("dw3", 0.48, level=2, budget_us=9.0),
    ]
    protocol = example.protocol(fixed=())
    (axis,) = figures.differences([*_SMALL, *more], protocol).axes
    (dots,) = axis.collections
    found = sorted(dots.get_offsets().data[:, 0])
    assert found == pytest.approx([-12, -10, -2])
    # Of seeds of -6, the mean of -10 and -2, and of -12.
    assert axis.lines[-1].get_xdata() == pytest.approx([-9])


def test_a_target_without_shared_runs_says_so():
    rows = [*_SMALL, example.row("dw3", target="host")]
    axes = figures.differences(rows, example.protocol()).axes
    told = [[text.get_text() for text in axis.texts] for axis in axes]
    assert told == [[], ["no shared runs"]]


@pytest.mark.parametrize("draw", [figures.accuracy, figures.differences])
@pytest.mark.parametrize("accuracy", [0.5, None])
def test_a_single_row_is_drawn(draw, accuracy):
    figure = draw([example.row(accuracy=accuracy)], example.protocol())
    assert figures.svg(figure).startswith("<?xml")


def test_files_are_pictures_of_1200_pixels(tmp_path):
    names = figures.write(_SMALL, example.protocol(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    for name in ("accuracy.png", "differences.png"):
        assert Image.open(tmp_path / name).width == 1200


def test_equal_rows_give_equal_bytes():
    first, second = (
        figures.svg(figures.accuracy(_SMALL, example.protocol()))
        for _ in range(2)
    )
    assert first == second
