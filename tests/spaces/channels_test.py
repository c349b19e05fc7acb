"""Which channels belong together, against what Keras layers do."""

import collections
import dataclasses

import hypothesis
import keras
import numpy as np
import pytest
from hypothesis import strategies as st
from scipy.sparse import csgraph

from ednas_tf import errors, spaces
from ednas_tf.networks import derived
from ednas_tf.spaces import (
    Node,
    channels,
    network,
    operators,
    presets,
    reference,
)
from tests import keras_operators, small
from tests.spaces import strategies

_SETTINGS = hypothesis.settings(
    deadline=None, max_examples=20, derandomize=True
)
_MIXING = (keras.layers.Conv2D, keras.layers.Dense)


def tied_layers(model):
    """Returns sets of layers whose outputs must keep the same channels.

    Every layer that does not mix channels ties its output to its inputs. The
    set of the image and those of whatever has a multiplier are left out.
    """
    layers = model.layers
    place = {layer.name: number for number, layer in enumerate(layers)}
    ties = np.zeros((len(layers), len(layers)))
    whole = {layers[0].name, model.output_names[0], layers[-1].name}
    for layer in layers[1:]:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        sources = [tensor._keras_history[0].name for tensor in inputs]
        if getattr(layer, "depth_multiplier", 1) > 1:
            whole |= {layer.name, *sources}
        elif not isinstance(layer, _MIXING):
            for source in sources:
                ties[place[layer.name], place[source]] = 1
    _, labels = csgraph.connected_components(ties, directed=False)
    sets = collections.defaultdict(set)
    for layer, label in zip(layers, labels, strict=True):
        sets[label].add(layer.name)
    return [names for names in sets.values() if not names & whole]


def layer_of(node):
    """Returns the name of the first layer of a node."""
    alone = node.kind in ("add", "pool", "dense", "softmax")
    return node.name if alone else f"{node.name}_conv"


@_SETTINGS
@hypothesis.given(strategies.given_networks())
def test_groups_are_what_keras_layers_tie_together(fixed):
    layers = {layer_of(node): node.name for node in fixed.nodes}
    expected = [
        {layers[name] for name in names if name in layers}
        for names in tied_layers(derived.build(spaces.choose(fixed, [])))
    ]
    received = [set(group.members) for group in channels.groups(fixed.nodes)]
    assert sorted(map(sorted, received)) == sorted(map(sorted, expected))


@_SETTINGS
@hypothesis.given(st.data(), strategies.given_networks())
def test_a_narrowed_network_has_the_channels_that_were_asked(data, fixed):
    groups = channels.groups(fixed.nodes)
    counts = data.draw(strategies.counts(groups)) if groups else {}
    nodes = channels.narrowed(fixed.nodes, counts)
    network.check(nodes, fixed.input_shape)
    shapes = network.shapes(nodes, fixed.input_shape)
    for group in groups:
        count = counts.get(group.name, group.size)
        assert {shapes[name][2] for name in group.members} == {count}


@_SETTINGS
@hypothesis.given(st.data(), strategies.given_networks())
def test_a_narrowed_network_is_the_one_that_keras_builds(data, fixed):
    groups = channels.groups(fixed.nodes)
    counts = data.draw(strategies.counts(groups)) if groups else {}
    narrow = spaces.with_operations(fixed, []).narrowed(counts).skeleton
    chosen = spaces.choose(narrow, [])
    expected = keras_operators.rows(derived.build(chosen, outputs="logits"))
    *received, softmax = operators.architecture_operators(chosen)
    bare = [dataclasses.replace(row, act="none") for row in received]
    assert collections.Counter(bare) == collections.Counter(expected)
    assert softmax.op == "softmax"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # By hand: what the stem makes is summed and read on, and so on.
        (
            "resnet8",
            {
                "stem": ("stem", "stack1_conv2", "stack1_residual"),
                "stack1_conv1": ("stack1_conv1",),
                "stack2_conv1": ("stack2_conv1",),
                "stack2_conv2": (
                    "stack2_conv2",
                    "stack2_shortcut",
                    "stack2_residual",
                ),
                "stack3_conv1": ("stack3_conv1",),
                "stack3_conv2": (
                    "stack3_conv2",
                    "stack3_shortcut",
                    "stack3_residual",
                    "pool",
                ),
            },
        ),
        (
            "ds_cnn",
            {
                "stem": ("stem", "block1_depthwise"),
                "block1_pointwise": ("block1_pointwise", "block2_depthwise"),
                "block2_pointwise": ("block2_pointwise", "block3_depthwise"),
                "block3_pointwise": ("block3_pointwise", "block4_depthwise"),
                "block4_pointwise": ("block4_pointwise", "pool"),
            },
        ),
    ],
)
def test_groups_of_reference_networks_by_hand(name, expected):
    fixed = presets.build(name, (32, 32, 3), 10)
    received = {g.name: g.members for g in channels.groups(fixed.nodes)}
    assert received == expected


def test_a_slot_keeps_the_channels_of_its_expansion():
    fixed = small.skeleton(expansion=2)
    owners = channels.owners(fixed.nodes)
    assert owners["block1"] == owners["block1_expand"] == "block1_expand"
    assert owners["block2_residual"] == owners["stem_pointwise"]
    assert "stem_depthwise" not in owners
    assert "logits" not in owners


def test_a_multiplier_keeps_all_that_it_reads_and_makes():
    nodes = (
        Node("a", "conv", ("image",), 4),
        Node("b", "depthwise", ("a",), kernel=(3, 3), multiplier=2),
        Node("c", "conv", ("b",), 5),
        Node("pool", "pool", ("c",)),
        Node("logits", "dense", ("pool",), 3),
        Node("probabilities", "softmax", ("logits",)),
    )
    (group,) = channels.groups(nodes)
    assert (group.name, group.size) == ("c", 5)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"stm": 2}, "Unknown group of channels 'stm'. Did you mean 'stem'"),
        ({"stem": 0}, "Expected 1 to 16 channels of stem. Received: 0"),
        ({"stem": 17}, "Expected 1 to 16 channels of stem. Received: 17"),
        ({"stem": True}, "Received: True"),
        ({"stem": 2.0}, "Received: 2.0"),
    ],
)
def test_counts_that_cannot_be_are_named(counts, message):
    nodes = presets.build("resnet8", (32, 32, 3), 10).nodes
    with pytest.raises(errors.UserError, match=message):
        channels.narrowed(nodes, counts)


@pytest.mark.parametrize(
    ("size", "multiple", "expected"),
    [
        (4, 1, (1, 2, 3, 4)),
        (8, 4, (4, 8)),
        (10, 4, (4, 8, 10)),
        (3, 4, (3,)),
        (1, 1, (1,)),
    ],
)
def test_counts_come_in_blocks_of_which_the_last_may_be_smaller(
    size, multiple, expected
):
    assert channels.allowed(size, multiple) == expected


def test_a_narrowed_skeleton_has_the_operators_of_a_narrower_one():
    searched = small.space(channels=(5, 6, 7))
    counts = {"block1_project": 3, "block2_project": 2}
    narrow = searched.narrowed(counts).skeleton
    direct = small.skeleton(channels=(3, 2, 7))
    received, expected = (
        operators.architecture_operators(spaces.choose(f, ["dw3"] * 3))
        for f in (narrow, direct)
    )
    assert received == expected


def test_a_narrowed_given_network_has_the_operators_of_a_narrower_one(
    monkeypatch,
):
    fixed = presets.build("ds_cnn", (49, 10, 1), 12)
    counts = {group.name: 17 for group in channels.groups(fixed.nodes)}
    narrow = spaces.with_operations(fixed, []).narrowed(counts).skeleton
    monkeypatch.setattr(reference, "_DS_CNN_CHANNELS", 17)
    direct = presets.build("ds_cnn", (49, 10, 1), 12)
    assert operators.fixed_operators(narrow) == operators.fixed_operators(
        direct
    )
