"""The supernet with masks: what is masked contributes exactly nothing."""

import hypothesis
import keras
import numpy as np
import pytest

from ednas_tf import layers, spaces
from ednas_tf.networks import derived, supernet
from ednas_tf.spaces import channels, presets
from tests import small
from tests.spaces import strategies

SPACES = {
    "chain": lambda: small.space(("dw3", "avg3", "max3"), expansion=2),
    "previous_two": lambda: small.space(
        ("dw3", "dw5"), topology="previous_two"
    ),
    "resnet8": lambda: spaces.with_operations(
        presets.build("resnet8", (8, 8, 3), 4), []
    ),
    "ds_cnn": lambda: spaces.with_operations(
        presets.build("ds_cnn", (8, 8, 3), 4), []
    ),
}
_CHANNELWISE = (keras.layers.DepthwiseConv2D, layers.MixedOp)
_NAMES = pytest.mark.parametrize("name", SPACES)


def built(searched):
    """Returns a masked supernet with random weights, one path."""
    model = supernet.build(searched, num_paths=1, masked=True)
    small.randomize(model)
    return model


def rows(searched, seed=0):
    """Draws one row of probabilities for each slot."""
    rng = np.random.default_rng(seed)
    return [
        rng.dirichlet(np.ones(len(slot.operations)), 1).astype("f")
        for slot in searched.slots
    ]


def masks(searched, seed=None):
    """Returns a mask per group: all ones, or some ones with one alive."""
    rng = np.random.default_rng(seed)
    found = []
    for group in channels.groups(searched.skeleton.nodes):
        mask = np.ones((1, group.size), "f")
        if seed is not None:
            mask[0, 1:] = rng.integers(0, 2, group.size - 1)
        found.append(mask)
    return found


def disturb(model, searched, dead):
    """Changes all that dead channels are made with; returns how much."""
    owners = channels.owners(searched.skeleton.nodes)
    rng, changed = np.random.default_rng(9), 0
    for layer in model.layers:
        tensor = layer.name.removesuffix("_conv").removesuffix("_norm")
        if tensor not in owners:
            continue
        places = np.flatnonzero(dead[owners[tensor]][0] == 0)
        for weight in layer.weights:
            # Behind its channels a depthwise kernel has a multiplier.
            axis = -2 if isinstance(layer, _CHANNELWISE) else -1
            axis = -1 if len(weight.shape) < 3 else axis
            value = np.moveaxis(np.array(weight), axis, 0)
            value[places] = rng.uniform(0.1, 9, value[places].shape)
            weight.assign(np.moveaxis(value, 0, axis))
            changed += places.size
    return changed


def check_nothing_passes(searched, images, training=False):
    """Asserts that dead channels may be anything."""
    model = built(searched)
    names = [g.name for g in channels.groups(searched.skeleton.nodes)]
    dead = masks(searched, seed=3)
    inputs = [images, *rows(searched), *dead]
    expected = np.asarray(model(inputs, training=training))
    changed = disturb(model, searched, dict(zip(names, dead, strict=True)))
    received = np.asarray(model(inputs, training=training))
    assert np.all(np.isfinite(expected))
    np.testing.assert_array_equal(received, expected)
    return changed


@_NAMES
def test_with_all_channels_it_is_the_plain_supernet(name):
    searched = SPACES[name]()
    model, plain = built(searched), supernet.build(searched, num_paths=1)
    plain.set_weights(model.get_weights())
    images, slots = small.batch(4)[0], rows(searched)
    inputs = [images, *slots]
    expected = plain(inputs if slots else images)
    received = model([*inputs, *masks(searched)])
    assert small.difference(received, expected) < 1e-6


@_NAMES
@pytest.mark.parametrize("training", [False, True])
def test_masked_channels_contribute_exactly_nothing(name, training):
    if (name, training) == ("ds_cnn", True):
        pytest.skip("Dropout is drawn anew at each call.")
    searched = SPACES[name]()
    assert check_nothing_passes(searched, small.batch(4)[0], training) > 9


@hypothesis.settings(deadline=None, max_examples=15, derandomize=True)
@hypothesis.given(strategies.given_networks())
def test_masked_channels_of_random_graphs_contribute_nothing(fixed):
    searched = spaces.with_operations(fixed, [])
    if not channels.groups(fixed.nodes):
        return
    check_nothing_passes(searched, small.normal(2, *fixed.input_shape))


@_NAMES
def test_living_channels_contribute(name):
    searched = SPACES[name]()
    model = built(searched)
    images, slots = small.batch(4)[0], rows(searched)
    expected = model([images, *slots, *masks(searched)])
    for place, mask in enumerate(masks(searched)):
        changed = masks(searched)
        changed[place] = mask * (np.arange(mask.size) < 1)
        received = model([images, *slots, *changed])
        assert small.difference(received, expected) > 1e-4


@_NAMES
def test_masks_come_after_probabilities_in_the_order_of_groups(name):
    searched = SPACES[name]()
    model = supernet.build(searched, masked=True)
    received = [(i.name, i.shape[1]) for i in model.inputs[1:]]
    slots = [
        (f"{slot.name}_probabilities", len(slot.operations))
        for slot in searched.slots
    ]
    groups = channels.groups(searched.skeleton.nodes)
    assert received == slots + [(f"{g.name}_mask", g.size) for g in groups]


@_NAMES
def test_a_masked_supernet_survives_save_and_load(name, tmp_path):
    searched = SPACES[name]()
    model = built(searched)
    again = small.saved_and_loaded(model, tmp_path)
    inputs = [small.batch(4)[0], *rows(searched), *masks(searched, seed=1)]
    np.testing.assert_array_equal(model(inputs), again(inputs))


@hypothesis.settings(deadline=None, max_examples=10, derandomize=True)
@hypothesis.given(strategies.given_networks())
def test_masks_equal_rows_of_zeros_in_a_plain_network(fixed):
    searched = spaces.with_operations(fixed, [])
    groups = channels.groups(fixed.nodes)
    model, plain = (
        built(searched),
        derived.build_for_training(spaces.choose(fixed, [])),
    )
    plain.set_weights(model.get_weights())
    dead = dict(zip([g.name for g in groups], masks(searched, 5), strict=True))
    owners = channels.owners(fixed.nodes)
    for node in fixed.nodes:
        mask = dead.get(owners.get(node.inputs[0]))
        if mask is not None and node.kind in ("conv", "dense"):
            suffix = "_conv" if node.kind == "conv" else ""
            kernel = plain.get_layer(f"{node.name}{suffix}").kernel
            kernel.assign(kernel * mask[0][:, None])
    images = small.normal(2, *fixed.input_shape)
    inputs = [images, *dead.values()]
    received = model(inputs if dead else images)
    assert small.difference(received, plain(images)) < 1e-6
