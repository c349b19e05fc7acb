"""Shapes, slots and checks of the fixed part."""

import dataclasses
import json

import hypothesis
import pytest

from ednas_tf import errors, spaces
from ednas_tf.spaces import skeleton
from tests import small
from tests.spaces import strategies


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(strategies.skeletons)
def test_json_round_trip(fixed):
    values = json.loads(json.dumps(fixed.to_dict()))
    assert skeleton.from_dict(values) == fixed


def test_shapes_round_up_at_each_stride():
    fixed = small.skeleton(size=7)
    assert fixed.shape(-1) == (7, 7, 4)
    assert fixed.shape(1) == (7, 7, 4)
    assert fixed.shape(2) == (4, 4, 6)


def test_a_chain_has_one_slot_per_block():
    fixed = small.skeleton()
    assert fixed.slots() == (("block1", 0), ("block2", 1), ("block3", 2))
    assert [fixed.inputs(i) for i in range(3)] == [(-1,), (0,), (1,)]


def test_previous_two_has_a_slot_on_each_of_two_inputs():
    fixed = small.skeleton("previous_two")
    assert [name for name, _ in fixed.slots()] == [
        "block1_input0",
        "block2_input0",
        "block2_input1",
        "block3_input0",
        "block3_input1",
    ]
    assert [fixed.inputs(i) for i in range(3)] == [(-1,), (-1, 0), (0, 1)]


def test_an_older_input_is_brought_to_the_stride_of_the_newest():
    fixed = small.skeleton("previous_two")
    more = spaces.Block("block4", channels=6)
    fixed = dataclasses.replace(fixed, blocks=(*fixed.blocks, more))
    assert fixed.alignment(3, source=1) == 2
    assert fixed.alignment(3, source=2) == 1


def test_only_equal_shapes_have_a_residual():
    fixed = small.skeleton()
    assert [fixed.residual(index) for index in range(3)] == [True, True, False]


def test_hidden_channels_are_expanded_from_the_newest_input():
    fixed = small.skeleton(expansion=3, channels=(4, 5, 6))
    assert [fixed.hidden_channels(i) for i in range(3)] == [12, 12, 15]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"topology": "chian"}, "Did you mean 'chain'"),
        ({"input_shape": (8, 8)}, "height, width and channels"),
        ({"input_shape": (8, 0, 3)}, "image side"),
        ({"num_classes": 1}, "number of classes"),
        ({"num_classes": True}, "number of classes"),
        ({"blocks": ()}, "at least one block"),
        ({"stem": spaces.Stem(kernel=4)}, "odd stem kernel"),
        ({"stem": spaces.Stem(kernel=33)}, "stem kernel from 1 to 31"),
        ({"blocks": (spaces.Block("a", 0),)}, "channels"),
        ({"blocks": (spaces.Block("a/b", 1),)}, "names of letters"),
        ({"blocks": (spaces.Block("a", 1),) * 2}, "unique block names"),
        ({"blocks": (spaces.Block("a", 1, activation=1),)}, "true or false"),
        ({"blocks": (spaces.Block("a", 1, stride=9),)}, "stride from 1 to 4"),
        ({"blocks": (spaces.Block("a", 1, expansion=0),)}, "expansion of a"),
    ],
)
def test_wrong_values_are_named(change, message):
    with pytest.raises(errors.UserError, match=message):
        dataclasses.replace(small.skeleton(), **change)
