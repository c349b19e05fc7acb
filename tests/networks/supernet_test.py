"""The network that holds every architecture of a space."""

import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.networks import supernet
from ednas_tf.spaces import OPERATIONS
from tests import small

NAMES = ("dw3", "dw5", "max3", "skip")


def random_rows(searched, num_paths, seed=0):
    """Draws probabilities `(paths, operations)` for each slot."""
    rng = np.random.default_rng(seed)
    return [
        rng.dirichlet(np.ones(len(slot.operations)), num_paths).astype("f")
        for slot in searched.slots
    ]


def with_paths_apart(searched, **kwargs):
    """Returns a supernet whose paths have different kernels."""
    model = supernet.build(searched, num_paths=2, **kwargs)
    small.randomize(model)
    return model


def alone(model, path, images, rows):
    """Runs one path: its kernels stand on the place of the first path."""
    kernels = [m.meta_kernel.kernel for m in supernet.mixed_ops(model).values()]
    before = [np.array(kernel) for kernel in kernels]
    for kernel, values in zip(kernels, before, strict=True):
        kernel.assign(np.stack([values[path]] * 2))
    logits = model([images, *(row[path : path + 1] for row in rows)])
    for kernel, values in zip(kernels, before, strict=True):
        kernel.assign(values)
    return np.asarray(logits)


@pytest.mark.parametrize("mode", ["shared", "independent"])
@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_halves_of_a_split_batch_are_two_networks(mode, topology):
    searched = small.space(NAMES, topology=topology)
    model = with_paths_apart(searched, meta_kernel=mode)
    images, rows = small.batch(4)[0], random_rows(searched, 2)
    expected = [
        alone(model, 0, images[:2], rows),
        alone(model, 1, images[2:], rows),
    ]
    received = model([images, *rows], training=False)
    assert small.difference(received, np.concatenate(expected)) < 1e-5
    assert small.difference(*expected) > 0.01


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_halves_of_a_batch_through_branches_differ_by_their_rows(topology):
    searched = small.space(NAMES, topology=topology)
    model = with_paths_apart(searched, meta_kernel="branches")
    images, rows = small.batch(4)[0], random_rows(searched, 2)
    expected = [
        np.asarray(model([images[part], *(row[path][None] for row in rows)]))
        for path, part in enumerate((slice(0, 2), slice(2, 4)))
    ]
    received = model([images, *rows], training=False)
    assert small.difference(received, np.concatenate(expected)) < 1e-5
    same = model([images, *(row[:1] for row in rows)])
    assert small.difference(received[2:], np.asarray(same)[2:]) > 0.01


def test_branches_have_weights_for_each_candidate_and_none_for_each_path():
    searched = small.space(NAMES)
    weights = [
        {
            w.path: tuple(w.shape)
            for w in supernet.build(
                searched, paths, meta_kernel="branches"
            ).weights
        }
        for paths in (1, 2)
    ]
    assert weights[0] == weights[1]
    paths = [p for p in weights[0] if p.startswith("block1_conv/")]
    # Kernels of dw3 and dw5, and four weights in each of four batch norms.
    assert len(paths) == 2 + 4 * 4
    assert not any(path.startswith("block1_norm") for path in weights[0])


def test_every_path_sees_a_shared_batch():
    searched = small.space(NAMES)
    model = with_paths_apart(searched, path_inputs="shared")
    images, rows = small.batch(3)[0], random_rows(searched, 2)
    expected = [alone(model, path, images, rows) for path in range(2)]
    received = model([images, *rows], training=False)
    assert received.shape == (6, 4)
    assert small.difference(received, np.concatenate(expected)) < 1e-5


def test_paths_share_all_but_their_kernels():
    searched = small.space(NAMES)
    shapes = [
        {
            w.path: tuple(w.shape)
            for w in supernet.build(searched, paths).weights
        }
        for paths in (1, 2)
    ]
    changed = {path for path in shapes[0] if shapes[0][path] != shapes[1][path]}
    assert shapes[0].keys() == shapes[1].keys()
    assert changed == {f"block{i}_conv/meta_kernel/kernel" for i in (1, 2, 3)}


def test_slots_have_the_probabilities_of_their_operations():
    model = supernet.build(small.space(tuple(OPERATIONS)))
    shapes = [tuple(one.shape[1:]) for one in model.inputs]
    assert shapes == [(8, 8, 3), (10,), (10,), (8,)]


@pytest.mark.parametrize("mode", supernet.META_KERNELS)
def test_mixed_operations_are_found_by_slot(mode):
    searched = small.space(topology="previous_two")
    model = supernet.build(searched, meta_kernel=mode)
    assert list(supernet.mixed_ops(model)) == [
        name for name, _ in small.skeleton("previous_two").slots()
    ]


@pytest.mark.parametrize("mode", supernet.META_KERNELS)
@pytest.mark.parametrize("path_inputs", supernet.PATH_INPUTS)
def test_supernet_survives_save_and_load(path_inputs, mode, tmp_path):
    searched = small.space(NAMES)
    model = with_paths_apart(
        searched, path_inputs=path_inputs, meta_kernel=mode
    )
    again = small.saved_and_loaded(model, tmp_path)
    inputs = [small.batch(4)[0], *random_rows(searched, 2)]
    np.testing.assert_array_equal(model(inputs), again(inputs))


def test_an_unknown_path_input_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'split'"):
        supernet.build(small.space(), path_inputs="splt")


def test_an_unknown_meta_kernel_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'branches'"):
        supernet.build(small.space(), meta_kernel="branch")
