"""Weights must survive every change of form (`method`, section 6)."""

import dataclasses
import functools

import numpy as np
import pytest

from ednas_tf import errors, spaces
from ednas_tf.layers import MultiBranch
from ednas_tf.networks import derived, removal, supernet, transfer
from ednas_tf.spaces import OPERATIONS, channels
from ednas_tf.spaces.operations import fits
from tests import small

IMAGES = small.batch(4, side=9)[0]
IMAGES_8 = small.batch(4, side=8)[0]


def one_hot(searched, names):
    """Returns rows of probabilities that choose these operations."""
    return [
        np.float32([[name == chosen for name in slot.operations]])
        for slot, chosen in zip(searched.slots, names, strict=True)
    ]


def searched_and_chosen(topology, mode, seed):
    """Returns a random supernet, its one-hot rows and their architecture."""
    channels = (4, 6, 6, 8)
    fixed = small.skeleton(topology, 2, size=9, channels=channels)
    searched = spaces.with_operations(fixed, tuple(OPERATIONS))
    names = small.random_names(fixed, seed)
    model = supernet.build(searched, num_paths=2, meta_kernel=mode)
    small.randomize(model, seed)
    return model, one_hot(searched, names), spaces.choose(fixed, names)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("mode", supernet.META_KERNELS)
@pytest.mark.parametrize("seed", range(2))
def test_searched_network_equals_the_derived_one(topology, mode, seed):
    model, rows, chosen = searched_and_chosen(topology, mode, seed)
    target = derived.build(chosen, outputs="logits")
    transfer.copy(model, target)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


@functools.cache
def one_slot(mode, stride=1):
    """Returns a random supernet of one slot with all that fits its stride."""
    whole = small.skeleton()
    block = dataclasses.replace(whole.blocks[0], stride=stride)
    fixed = dataclasses.replace(whole, blocks=(block,))
    searched = spaces.with_operations(fixed, tuple(OPERATIONS))
    model = supernet.build(searched, num_paths=2, meta_kernel=mode)
    small.randomize(model)
    return model, fixed, searched.slots[0].operations


STRIDES = [(n, s) for n, o in OPERATIONS.items() for s in (1, 2) if fits(o, s)]


@pytest.mark.parametrize(("name", "stride"), STRIDES)
@pytest.mark.parametrize("mode", supernet.META_KERNELS)
def test_every_operation_is_transferred(name, stride, mode):
    model, fixed, names = one_slot(mode, stride)
    target = derived.build(spaces.choose(fixed, [name]), outputs="logits")
    transfer.copy(model, target)
    row = np.float32([[name == other for other in names]])
    images = small.batch()[0]
    expected = model([images, row], training=False)
    assert small.difference(target(images), expected) < 1e-4


@pytest.mark.parametrize("mode", supernet.META_KERNELS)
def test_training_can_start_from_the_searched_network(mode):
    model, rows, chosen = searched_and_chosen("previous_two", mode, 5)
    target = derived.build_for_training(chosen)
    transfer.copy(model, target)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


@pytest.mark.parametrize("mode", supernet.META_KERNELS)
def test_branches_can_start_from_the_searched_network(mode):
    model, rows, chosen = searched_and_chosen("chain", mode, 0)
    target = derived.build_for_training(chosen, branches=True)
    transfer.copy(model, target)
    assert any(isinstance(layer, MultiBranch) for layer in target.layers)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


@pytest.mark.parametrize("names", [["dw3", "avg3"], ["max3", "dw5"]])
@pytest.mark.parametrize("branches", [False, True])
def test_branches_give_the_channels_that_stay(names, branches):
    fixed = small.skeleton(expansion=2, channels=(4, 6))
    searched = spaces.with_operations(fixed, tuple(OPERATIONS))
    model = supernet.build(searched, 1, meta_kernel="branches", masked=True)
    small.randomize(model)
    groups = channels.groups(fixed.nodes)
    kept = {group.name: np.arange(1, group.size, 2) for group in groups}
    masks = [np.float32([np.arange(g.size) % 2]) for g in groups]
    counts = {name: len(places) for name, places in kept.items()}
    narrow = spaces.choose(searched.narrowed(counts).skeleton, names)
    target = derived.build_for_training(narrow, branches=branches)
    transfer.copy(model, target, removal.Removal(fixed.nodes, kept))
    rows = one_hot(searched, names)
    expected = model([IMAGES_8, *rows, *masks], training=False)
    assert small.difference(target(IMAGES_8), expected) < 1e-4


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("seed", range(2))
def test_branches_fuse_into_the_derived_network(topology, seed):
    chosen = searched_and_chosen(topology, "shared", seed)[2]
    source = derived.build_for_training(chosen, branches=True)
    small.randomize(source, seed)
    assert any(isinstance(layer, MultiBranch) for layer in source.layers)
    target = derived.build(chosen, outputs="logits")
    transfer.copy(source, target)
    expected = source(IMAGES, training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


def test_another_architecture_is_refused():
    fixed = small.skeleton()
    source = derived.build(spaces.choose(fixed, ["dw3"] * 3))
    target = derived.build(spaces.choose(fixed, ["dw3", "dw5", "dw3"]))
    with pytest.raises(errors.UserError, match="layer block2_conv"):
        transfer.copy(source, target)


def test_a_candidate_that_the_slot_lacks_is_named():
    fixed = small.skeleton()
    searched = spaces.with_operations(fixed, ("dw3", "skip"))
    source = supernet.build(searched, meta_kernel="branches")
    target = derived.build(spaces.choose(fixed, ["dw3", "dw5", "dw3"]))
    with pytest.raises(errors.UserError, match="Unknown candidate 'dw5'"):
        transfer.copy(source, target)


def test_a_missing_layer_is_named():
    names = ["dw3"] * 3
    source = derived.build(spaces.choose(small.skeleton(), names))
    wider = small.skeleton(expansion=2)
    target = derived.build(spaces.choose(wider, names))
    with pytest.raises(errors.UserError, match="block1_expand_conv"):
        transfer.copy(source, target)
