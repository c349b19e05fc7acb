"""The PyTorch network has the layers of ours; needs torch."""

import dataclasses

import pytest

from ednas_tf import errors, spaces
from tests import small
from tools.benchmarks import cases, multi_branch, networks

pytest.importorskip("torch", reason="torch is not installed")

from tools.benchmarks import pytorch

_NAMES = ("dw3", "dw5", "dw3d2")


def space_of(topology, expansion):
    """Returns a space with all that a skeleton can have."""
    fixed = small.skeleton(topology, expansion, channels=(4, 4, 6, 6))
    head = spaces.Head(channels=5, features=7)
    stem = spaces.Stem(5, stride=2, channels=4, depth_multiplier=2)
    fixed = dataclasses.replace(fixed, head=head, stem=stem)
    return spaces.with_operations(fixed, _NAMES)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("expansion", [1, 3])
def test_it_has_as_many_parameters_as_the_one_in_tensorflow(
    topology, expansion
):
    space = space_of(topology, expansion)
    ours = multi_branch.searcher(space)
    variables = [*ours.network_weights, *ours.alphas]
    shapes = sorted(int(v.value.shape.num_elements()) for v in variables)
    theirs = pytorch.SuperNet(space).parameters()
    assert sorted(p.numel() for p in theirs) == shapes


@pytest.mark.parametrize("network", list(networks.BATCHES))
def test_timed_networks_have_as_many_parameters(network):
    space = networks.space(network, ("dw3", "dw5", "dw7"))
    ours = multi_branch.KerasSearcher(space).network
    count = sum(v.value.shape.num_elements() for v in ours.trainable_variables)
    theirs = pytorch.SuperNet(space)
    assert sum(p.numel() for p in theirs.parameters()) == count


def test_logits_have_the_shape_of_ours():
    net = pytorch.SuperNet(space_of("previous_two", 1))
    images = pytorch.torch.zeros(2, 3, 8, 8)
    assert net(images).shape == (2, 4)


def test_a_step_learns_alphas():
    case = cases.Case("pytorch", "tiny", ("dw3", "dw5"), batch=2, side=8)
    step = pytorch.build(case).steps["step"]
    assert step.run() > 0.0


def test_fixed_operations_are_refused():
    with pytest.raises(errors.UserError, match="Received: skip"):
        pytorch.SuperNet(small.space(("dw3", "skip")))
