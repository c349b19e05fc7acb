"""Shapes of nodes, and every way in which they can make no network."""

import dataclasses

import hypothesis
import pytest

from ednas_tf import errors, spaces
from ednas_tf.networks import derived
from ednas_tf.spaces import Node, network
from tests.spaces import strategies

_IMAGE = (9, 8, 3)
_NODES = (
    Node("stem", "conv", ("image",), 4, (3, 3), 2, padding="same"),
    Node("wide", "depthwise", ("stem",), kernel=(3, 3), multiplier=2),
    Node("back", "conv", ("wide",), 4),
    Node("sum", "add", ("stem", "back"), act="relu"),
    Node("pool", "pool", ("sum",)),
    Node("logits", "dense", ("pool",), 5),
    Node("probabilities", "softmax", ("logits",)),
)


def changed(name, /, **values):
    """Returns the nodes with another value in one of them."""
    return tuple(
        dataclasses.replace(node, **values) if node.name == name else node
        for node in _NODES
    )


def test_shapes_by_hand():
    assert network.shapes(_NODES, _IMAGE) == {
        "image": (9, 8, 3),
        "stem": (5, 4, 4),
        "wide": (5, 4, 8),
        "back": (5, 4, 4),
        "sum": (5, 4, 4),
        "pool": (1, 1, 4),
        "logits": (1, 1, 5),
        "probabilities": (1, 1, 5),
    }


@hypothesis.settings(deadline=None, max_examples=15, derandomize=True)
@hypothesis.given(strategies.given_networks())
def test_shapes_are_those_that_keras_computes(fixed):
    model = derived.build(spaces.choose(fixed, []))
    shapes = network.shapes(fixed.nodes, fixed.input_shape)
    for layer in model.layers[1:]:
        name = layer.name.removesuffix("_conv")
        if name in shapes:
            *sides, channels = layer.output.shape[1:]
            assert (*(sides or (1, 1)), channels) == shapes[name]


def test_a_network_of_all_kinds_is_right():
    network.check(_NODES, _IMAGE)


def test_only_what_reads_one_after_the_other_is_a_chain():
    assert network.is_chain((*_NODES[:3], _NODES[3], *_NODES[4:]))
    branch = dataclasses.replace(_NODES[2], inputs=("stem",))
    assert not network.is_chain((*_NODES[:2], branch, *_NODES[3:]))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("stem", {"kind": "cnov"}, "Unknown kind of node 'cnov'.*'conv'"),
        ("stem", {"act": "rel"}, "Unknown activation 'rel'"),
        ("stem", {"padding": "sam"}, "Unknown padding 'sam'"),
        ("stem", {"norm": 1}, "true or false as the norm of stem"),
        ("probabilities", {"name": "a/b"}, "names of letters"),
        ("probabilities", {"name": 3}, "names of letters"),
        ("stem", {"inputs": ()}, "stem, a conv, to read one tensor"),
        ("back", {"inputs": ("wide", "stem")}, "to read one tensor"),
        ("sum", {"inputs": ("stem",)}, "to read several tensors"),
        ("stem", {"inputs": ("back",)}, "stem to read tensors made before"),
        ("probabilities", {"name": "wide"}, "one node called wide"),
        ("probabilities", {"name": "image"}, "one node called image"),
        ("stem", {"channels": 0}, "channels of stem from 1 to 65536"),
        ("stem", {"channels": True}, "channels of stem from 1"),
        ("wide", {"channels": 4}, "no channels of wide, a depthwise"),
        ("sum", {"multiplier": 2}, "no multiplier of sum, a add"),
        ("sum", {"stride": 2}, "no stride of sum"),
        ("pool", {"kernel": (3, 3)}, "no kernel of pool"),
        ("probabilities", {"act": "relu"}, "no act of probabilities"),
        ("stem", {"kernel": (3,)}, "two sides of the kernel of stem"),
        ("stem", {"kernel": (3, 0)}, "kernel of stem from 1 to 31"),
        ("stem", {"stride": 5}, "stride of stem from 1 to 4"),
        ("stem", {"stride": 1.0}, "stride of stem from 1 to 4"),
        ("wide", {"multiplier": 65}, "depth multiplier of wide"),
        ("stem", {"dropout": 1.0}, "dropout of stem from 0 to 0.95"),
        ("stem", {"padding": "half"}, "the padding same of stem"),
        ("wide", {"kernel": (2, 2)}, "the padding same of wide"),
        ("back", {"channels": 5}, "tensors of one shape in the sum sum"),
        ("sum", {"inputs": ("stem", "stem")}, "reads back, received none"),
        ("pool", {"inputs": ("logits",)}, "pool to read tensors made before"),
        ("pool", {"kind": "softmax"}, "ends with a dense and a softmax"),
    ],
)
def test_nodes_that_make_no_network_are_named(name, values, message):
    with pytest.raises(errors.UserError, match=message) as raised:
        network.check(changed(name, **values), _IMAGE)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("nodes", [(), _NODES[:-1], _NODES[:5]])
def test_a_network_ends_with_its_classifier(nodes):
    with pytest.raises(errors.UserError, match="ends with a dense"):
        network.check(nodes, _IMAGE)


def test_a_convolution_reads_no_pooled_features():
    late = Node("late", "conv", ("pool",), 4)
    logits = dataclasses.replace(_NODES[5], inputs=("late",))
    with pytest.raises(errors.UserError, match="late, a conv, which reads"):
        network.check((*_NODES[:5], late, logits, _NODES[6]), _IMAGE)


def test_a_dense_node_reads_no_map():
    logits = dataclasses.replace(_NODES[5], inputs=("sum",))
    with pytest.raises(errors.UserError, match="logits, a dense, which reads"):
        network.check((*_NODES[:4], logits, _NODES[6]), _IMAGE)


def test_a_map_and_pooled_features_are_not_summed():
    nodes = (
        *(_NODES[0], Node("pool", "pool", ("stem",))),
        Node("sum", "add", ("stem", "pool")),
        *(dataclasses.replace(_NODES[5], inputs=("sum",)), _NODES[6]),
    )
    with pytest.raises(errors.UserError, match="sum, a add, which reads"):
        network.check(nodes, (2, 2, 3))


@pytest.mark.parametrize(
    ("shape", "classes", "message"),
    [
        ((8, 8), 2, "height, width and channels"),
        ((8, 4097, 3), 2, "an image side from 1 to 4096"),
        ((8, 8, 0), 2, "image channels from 1"),
        ((8, 8, 3), 1, "a number of classes from 2"),
    ],
)
def test_ends_that_cannot_be_are_named(shape, classes, message):
    with pytest.raises(errors.UserError, match=message):
        network.check_ends(shape, classes)
