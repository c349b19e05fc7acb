"""Tests of the parts of a cost while channels are searched."""

import numpy as np
import pytest

from ednas_tf.hardware import channel_layout
from tests import small

CONSTANT = channel_layout.CONSTANT


def term(layout, name):
    (found,) = (t for t in layout.terms if t.name == name)
    return found


def test_a_convolution_inside_a_sum_reads_and_makes_one_group():
    layout = channel_layout.Layout.of(small.residual(), 1)
    assert [group.name for group in layout.groups] == ["first", "third"]
    assert (term(layout, "first").inputs, term(layout, "first").outputs) == (
        CONSTANT,
        0,
    )
    second, third = term(layout, "second"), term(layout, "third")
    assert (second.inputs, second.outputs) == (0, 0)
    assert (third.inputs, third.outputs) == (0, 1)


def test_the_classifier_makes_all_classes():
    layout = channel_layout.Layout.of(small.residual(), 1)
    logits = term(layout, "logits")
    assert (logits.inputs, logits.outputs) == (1, CONSTANT)
    (row,) = logits.narrowed(5, None)
    assert (row.in_c, row.out_c) == (5, 4)


def test_what_keeps_its_channels_has_one_axis():
    layout = channel_layout.Layout.of(small.residual(), 1)
    assert len(layout.grid(term(layout, "sum"))) == 4
    assert len(layout.grid(term(layout, "third"))) == 4 * 6
    (row,) = term(layout, "sum").narrowed(3, None)
    assert (row.in_c, row.out_c) == (3, 3)


def test_every_candidate_of_a_slot_is_a_term_of_its_own():
    searched = small.space(("dw3", "max3"))
    layout = channel_layout.Layout.of(searched, 1)
    owned = [t for t in layout.terms if t.owner]
    assert [t.owner for t in owned] == [1, 2, 3, 4, 5, 6]
    assert [row.op for row in owned[1].operators] == ["maxpool", "dwconv2d"]
    narrow = owned[1].narrowed(2, None)
    assert [(row.in_c, row.out_c) for row in narrow] == [(2, 2), (2, 2)]


def test_a_narrowed_space_has_the_layout_of_the_whole_one():
    searched = small.space()
    layout = channel_layout.Layout.of(searched, 2)
    narrow = searched.narrowed({layout.groups[0].name: 1})
    assert channel_layout.Layout.of(narrow, 2) == layout


@pytest.mark.parametrize("multiple", [1, 3, 8])
def test_grids_lie_one_behind_the_other(multiple):
    layout = channel_layout.Layout.of(small.space(expansion=3), multiple)
    sizes = [len(layout.grid(t)) for t in layout.terms]
    assert list(layout.offsets) == list(np.cumsum([0, *sizes])[:-1])
    assert layout.size == sum(sizes)


def test_long_axes_are_thinned_to_both_ends_and_some_between():
    points = channel_layout.thinned(range(1, 1153))
    assert len(points) == channel_layout.MOST_POINTS
    assert (points[0], points[-1]) == (1, 1152)
    assert max(np.diff(points)) <= 37
    assert channel_layout.thinned(range(1, 34)) == tuple(range(1, 34))


def test_the_smallest_network_has_a_block_of_each_group():
    layout = channel_layout.Layout.of(small.residual((4, 6)), 4)
    assert layout.smallest == {"first": 4, "third": 4}
    layout = channel_layout.Layout.of(small.residual((4, 6)), 8)
    assert layout.smallest == {"first": 4, "third": 6}
