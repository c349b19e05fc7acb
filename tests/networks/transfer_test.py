"""Weights must survive every change of form (`method`, section 6)."""

import dataclasses
import functools

import numpy as np
import pytest

from ednas_tf import errors, spaces
from ednas_tf.layers import MultiBranch
from ednas_tf.networks import derived, supernet, transfer
from ednas_tf.spaces import OPERATIONS
from tests import small

IMAGES = small.batch(4, side=9)[0]


def searched_and_chosen(topology, mode, seed):
    """Returns a random supernet, its one-hot rows and their architecture."""
    channels = (4, 6, 6, 8)
    fixed = small.skeleton(topology, 2, size=9, channels=channels)
    searched = spaces.with_operations(fixed, tuple(OPERATIONS))
    names = small.random_names(fixed, seed)
    model = supernet.build(searched, num_paths=2, meta_kernel=mode)
    small.randomize(model, seed)
    rows = [
        np.float32([[name == chosen for name in slot.operations]])
        for slot, chosen in zip(searched.slots, names, strict=True)
    ]
    return model, rows, spaces.choose(fixed, names)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("mode", ["shared", "independent"])
@pytest.mark.parametrize("seed", range(2))
def test_searched_network_equals_the_derived_one(topology, mode, seed):
    model, rows, chosen = searched_and_chosen(topology, mode, seed)
    target = derived.build(chosen, outputs="logits")
    transfer.copy(model, target)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


@functools.cache
def one_slot(mode):
    """Returns a random supernet of one slot with all operations."""
    whole = small.skeleton()
    fixed = dataclasses.replace(whole, blocks=whole.blocks[:1])
    searched = spaces.with_operations(fixed, tuple(OPERATIONS))
    model = supernet.build(searched, num_paths=2, meta_kernel=mode)
    small.randomize(model)
    return model, fixed


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("mode", ["shared", "independent"])
def test_every_operation_is_transferred(name, mode):
    model, fixed = one_slot(mode)
    target = derived.build(spaces.choose(fixed, [name]), outputs="logits")
    transfer.copy(model, target)
    row = np.float32([[name == other for other in OPERATIONS]])
    images = small.batch()[0]
    expected = model([images, row], training=False)
    assert small.difference(target(images), expected) < 1e-4


def test_training_can_start_from_the_searched_network():
    model, rows, chosen = searched_and_chosen("previous_two", "shared", 5)
    target = derived.build_for_training(chosen)
    transfer.copy(model, target)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


@pytest.mark.parametrize("mode", ["shared", "independent"])
def test_branches_can_start_from_the_searched_network(mode):
    model, rows, chosen = searched_and_chosen("chain", mode, 0)
    target = derived.build_for_training(chosen, branches=True)
    transfer.copy(model, target)
    assert any(isinstance(layer, MultiBranch) for layer in target.layers)
    expected = model([IMAGES, *rows], training=False)
    assert small.difference(target(IMAGES), expected) < 1e-4


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


def test_a_missing_layer_is_named():
    names = ["dw3"] * 3
    source = derived.build(spaces.choose(small.skeleton(), names))
    wider = small.skeleton(expansion=2)
    target = derived.build(spaces.choose(wider, names))
    with pytest.raises(errors.UserError, match="block1_expand_conv"):
        transfer.copy(source, target)
