"""Probabilities as shades: the right value in the right cell."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ednas_tf.reporting.page import heat_maps


def rows(*cells):
    keys = ("epoch", "slot", "operation", "probability")
    return [dict(zip(keys, cell, strict=True)) for cell in cells]


CELLS = rows(
    (1.0, "a", "dw3", 0.5),
    (1.0, "a", "dw5", 0.5),
    (2.0, "a", "dw3", 0.125),
    (2.0, "a", "dw5", 0.875),
    (1.0, "b", "dw3", 1.0),
)


def test_panels_hold_the_values_of_the_file():
    first, second = heat_maps.panels(CELLS)
    assert (first.slot, first.epochs) == ("a", (1.0, 2.0))
    assert first.values == {"dw3": (0.5, 0.125), "dw5": (0.5, 0.875)}
    assert second.values == {"dw3": (1.0,)}


def test_epoch_that_was_repeated_counts_once():
    again = rows((2.0, "a", "dw3", 0.25), (2.0, "a", "dw5", 0.75))
    panel = heat_maps.panels(CELLS + again)[0]
    assert panel.values["dw3"] == (0.5, 0.25)


def test_last_probabilities_are_those_of_the_last_epoch():
    found = heat_maps.last(heat_maps.panels(CELLS))
    assert found == {"a": {"dw3": 0.125, "dw5": 0.875}, "b": {"dw3": 1.0}}


def test_drawing_has_the_shade_of_each_value():
    panel = heat_maps.panels(CELLS)[0]
    fills = re.findall('fill="(#[0-9a-f]{6})"', heat_maps.draw(panel))
    wanted = [0.5, 0.125, 0.5, 0.875]
    assert fills == [heat_maps.shade(share) for share in wanted]


def test_equal_neighbours_are_one_rectangle():
    equal = rows(*((float(n), "a", "dw3", 0.4) for n in range(1, 101)))
    drawing = heat_maps.draw(heat_maps.panels(equal)[0])
    assert drawing.count("<rect") == 1


def test_missing_cell_stays_empty():
    holed = rows((1.0, "a", "x", 0.5), (2.0, "a", "y", 0.5))
    drawing = heat_maps.draw(heat_maps.panels(holed)[0])
    assert drawing.count("<rect") == 2


def test_warmup_is_told():
    panel = heat_maps.panels(CELLS)[0]
    assert "warm-up to 1" in heat_maps.draw(panel, warmup=1)
    assert "warm-up" not in heat_maps.draw(panel)


@settings(deadline=None, derandomize=True)
@given(st.floats(0, 1), st.floats(0, 1))
def test_larger_shares_are_never_lighter(one, other):
    def light(share):
        colour = heat_maps.shade(share)
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))

    low, high = sorted((one, other))
    assert light(low) >= light(high)


def test_ends_of_the_shades():
    assert heat_maps.shade(0) == heat_maps.shade(-1) == "#f3f5f8"
    assert heat_maps.shade(1) == heat_maps.shade(2) == "#103e70"
