"""Removed channels: the smaller network is the masked one."""

import numpy as np
import pytest

from ednas_tf import errors, spaces
from ednas_tf.networks import derived, removal, supernet, transfer
from ednas_tf.spaces import channels, presets
from tests import small


def networks():
    """Yields a space for each kind of graph that channels run through."""
    for topology in ("chain", "previous_two"):
        fixed = small.skeleton(topology, 2, channels=(4, 6, 6, 8))
        yield spaces.with_operations(fixed, ("dw3", "dw5", "skip"))
    given = presets.build("resnet8", (16, 16, 3), 4)
    yield spaces.SearchSpace(given, ())
    yield spaces.SearchSpace(presets.build("ds_cnn", (12, 10, 1), 4), ())


SPACES = list(networks())


def masked(searched, seed):
    """Returns a random masked supernet, its inputs, masks and operations."""
    rng = np.random.default_rng(seed)
    model = supernet.build(searched, num_paths=1, masked=True)
    small.randomize(model, seed)
    masks = {}
    for group in channels.groups(searched.skeleton.nodes):
        kept = rng.random(group.size) < 0.6
        kept[0] = True
        masks[group.name] = kept
    chosen = [int(rng.integers(len(s.operations))) for s in searched.slots]
    rows = [
        np.eye(len(slot.operations), dtype="float32")[[place]]
        for slot, place in zip(searched.slots, chosen, strict=True)
    ]
    names = [
        s.operations[p] for s, p in zip(searched.slots, chosen, strict=True)
    ]
    inputs = [*rows, *(np.float32([mask]) for mask in masks.values())]
    return model, inputs, masks, names


@pytest.mark.parametrize("place", range(len(SPACES)))
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("build", ["derived", "training", "branches"])
def test_removed_network_equals_the_masked_one(place, seed, build):
    searched = SPACES[place]
    model, inputs, masks, names = masked(searched, seed)
    kept = {name: np.flatnonzero(mask) for name, mask in masks.items()}
    counts = {name: len(places) for name, places in kept.items()}
    narrow = searched.narrowed(counts).skeleton
    target = {
        "derived": lambda a: derived.build(a, outputs="logits"),
        "training": derived.build_for_training,
        "branches": lambda a: derived.build_for_training(a, branches=True),
    }[build](spaces.choose(narrow, names))
    removed = removal.Removal(searched.skeleton.nodes, kept)
    transfer.copy(model, target, removed)
    images = small.normal(4, *narrow.input_shape)
    expected = model([images, *inputs], training=False)
    assert small.difference(target(images), expected) < 1e-4


def test_nothing_is_removed_without_groups():
    whole = removal.Removal(SPACES[0].skeleton.nodes, {})
    values = [np.ones((1, 1, 4, 8))]
    assert whole.cut("block1_expand_conv", values)[0].shape == (1, 1, 4, 8)


def test_the_right_rows_and_columns_stay():
    nodes = presets.build("resnet8", (8, 8, 3), 4).nodes
    cut = removal.Removal(
        nodes, {"stem": np.array([1, 3]), "stack1_conv1": np.array([0])}
    ).cut
    kernel = np.arange(9 * 16 * 16).reshape(3, 3, 16, 16)
    (received,) = cut("stack1_conv1_conv", [kernel])
    assert np.array_equal(received, kernel[:, :, [1, 3]][..., [0]])
    (scale,) = cut("stack1_conv2_norm", [np.arange(16)])
    assert np.array_equal(scale, [1, 3])


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        ({"other": np.array([0])}, "Unknown group of channels 'other'"),
        ({"first": np.array([0, 4])}, "channels of first below 4"),
    ],
)
def test_channels_that_a_network_lacks_are_refused(kept, message):
    nodes = small.residual().skeleton.nodes
    with pytest.raises(errors.UserError, match=message):
        removal.Removal(nodes, kept)
