"""From stem, blocks and head to nodes, by hand."""

import dataclasses

import hypothesis
import pytest

from ednas_tf import spaces
from ednas_tf.spaces import network, unfolding
from tests import small
from tests.spaces import strategies


def summary(skeleton):
    """Returns name, kind, inputs and activation of each node."""
    return [(n.name, n.kind, n.inputs, n.act) for n in skeleton.nodes]


def test_a_chain_by_hand():
    assert summary(small.skeleton()) == [
        ("stem_depthwise", "depthwise", ("image",), "none"),
        ("stem_pointwise", "conv", ("stem_depthwise",), "relu6"),
        ("block1", "slot", ("stem_pointwise",), "relu6"),
        ("block1_project", "conv", ("block1",), "none"),
        (
            "block1_residual",
            "add",
            ("block1_project", "stem_pointwise"),
            "relu6",
        ),
        ("block2", "slot", ("block1_residual",), "relu6"),
        ("block2_project", "conv", ("block2",), "none"),
        (
            "block2_residual",
            "add",
            ("block2_project", "block1_residual"),
            "none",
        ),
        ("block3", "slot", ("block2_residual",), "relu6"),
        ("block3_project", "conv", ("block3",), "none"),
        ("head_pool", "pool", ("block3_project",), "none"),
        ("logits", "dense", ("head_pool",), "none"),
        ("probabilities", "softmax", ("logits",), "none"),
    ]


def test_a_block_with_two_inputs_sums_their_slots():
    nodes = {n.name: n for n in small.skeleton("previous_two").nodes}
    assert nodes["block2_input0_expand"].inputs == ("stem_pointwise",)
    assert nodes["block2_input1_expand"].inputs == ("block1_residual",)
    assert nodes["block2_input0"].act == nodes["block2_input1"].act == "none"
    assert nodes["block2_sum"].inputs == ("block2_input0", "block2_input1")
    assert nodes["block2_sum"].act == "relu6"
    assert nodes["block2_project"].inputs == ("block2_sum",)


def test_an_older_input_is_brought_to_the_size_of_the_newest():
    fixed = small.skeleton("previous_two")
    blocks = (*fixed.blocks, spaces.Block("block4", channels=6))
    nodes = {n.name: n for n in dataclasses.replace(fixed, blocks=blocks).nodes}
    assert nodes["block4_input0_expand"].stride == 2
    assert nodes["block4_input1_expand"].stride == 1


def test_strides_multipliers_and_channels_come_from_the_parts():
    stem = spaces.Stem(5, stride=3, channels=7, depth_multiplier=2)
    fixed = dataclasses.replace(small.skeleton(expansion=3), stem=stem)
    nodes = {n.name: n for n in fixed.nodes}
    first = nodes["stem_depthwise"]
    assert (first.kernel, first.stride, first.multiplier) == ((5, 5), 3, 2)
    assert nodes["stem_pointwise"].channels == 7
    assert nodes["block1_expand"].channels == 21
    assert nodes["block3"].stride == 2
    assert nodes["block3_project"].channels == 6


def test_a_head_has_a_convolution_and_features():
    head = spaces.Head(channels=9, features=11)
    fixed = dataclasses.replace(small.skeleton(), head=head)
    tail = [(n.name, n.kind, n.channels, n.act) for n in fixed.nodes[-5:]]
    assert tail == [
        ("head", "conv", 9, "relu6"),
        ("head_pool", "pool", 0, "none"),
        ("head_features", "dense", 11, "relu6"),
        ("logits", "dense", 4, "none"),
        ("probabilities", "softmax", 0, "none"),
    ]


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(strategies.skeletons)
def test_every_skeleton_unfolds_into_a_network(fixed):
    network.check(fixed.nodes, fixed.input_shape)
    shapes = network.shapes(fixed.nodes, fixed.input_shape)
    assert shapes[unfolding.STEM] == fixed.shape(-1)
    for index, block in enumerate(fixed.blocks):
        assert shapes[f"{block.name}_project"] == fixed.shape(index)
        for slot in fixed.slot_names(index):
            assert shapes[slot][2] == fixed.hidden_channels(index)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_slots_come_in_the_order_of_the_skeleton(topology):
    fixed = small.skeleton(topology)
    expected = [name for name, _ in fixed.slots()]
    assert [n.name for n in network.slots(fixed.nodes)] == expected
