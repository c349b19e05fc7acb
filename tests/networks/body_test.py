"""From nodes to Keras layers."""

import keras
import numpy as np
import pytest

from ednas_tf import layers, spaces
from ednas_tf.networks import body, derived
from ednas_tf.spaces import Node, network
from tests import small

_TAIL = (
    Node("pool", "pool", ("last",)),
    Node("logits", "dense", ("pool",), 3),
    Node("probabilities", "softmax", ("logits",)),
)


def built(*nodes, training=False, shape=(9, 8, 2)):
    """Returns the model of some nodes, the last of which is `last`."""
    fixed = spaces.Given("made", shape, 3, (*nodes, *_TAIL))
    chosen = spaces.choose(fixed, [])
    if training:
        return derived.build_for_training(chosen)
    return derived.build(chosen, outputs="logits")


def kinds(model):
    """Returns names and classes of the layers."""
    return [(layer.name, type(layer).__name__) for layer in model.layers]


def test_a_convolution_is_normed_activated_and_dropped_in_this_order():
    node = Node("last", "conv", ("image",), 4, act="relu6", dropout=0.2)
    model = built(node)
    assert kinds(model)[1:5] == [
        ("last_conv", "Conv2D"),
        ("last_norm", "BatchNormalization"),
        ("last_relu", "ReLU"),
        ("last_dropout", "Dropout"),
    ]
    assert model.get_layer("last_relu").max_value == 6
    assert model.get_layer("last_dropout").rate == 0.2


def test_a_convolution_without_norm_has_biases():
    model = built(Node("last", "conv", ("image",), 4, norm=False))
    assert model.get_layer("last_conv").use_bias
    assert "last_norm" not in dict(kinds(model))


def test_a_relu_without_bound_has_none():
    model = built(Node("last", "conv", ("image",), 4, act="relu"))
    assert model.get_layer("last_relu").max_value is None


def test_a_sum_is_activated_and_has_no_norm():
    nodes = (
        Node("a", "conv", ("image",), 4),
        Node("b", "conv", ("a",), 4),
        Node("last", "add", ("a", "b"), act="relu"),
    )
    names = dict(kinds(built(*nodes)))
    assert (names["last"], names["last_relu"]) == ("Add", "ReLU")
    assert "last_norm" not in names


@pytest.mark.parametrize("kernel", [(3, 3), (1, 1), (3, 1), (2, 2), (4, 3)])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("norm", [True, False])
def test_same_padding_is_that_of_tensorflow(kernel, stride, norm):
    node = Node(
        "last",
        "depthwise",
        ("image",),
        kernel=kernel,
        stride=stride,
        norm=norm,
        multiplier=2,
        padding="same",
    )
    model = built(node)
    small.randomize(model)
    plain = keras.layers.DepthwiseConv2D(
        kernel, stride, "same", depth_multiplier=2, use_bias=not norm
    )
    images = small.normal(3, 9, 8, 2)
    plain(images)
    plain.set_weights(model.get_layer("last_conv").get_weights())
    inner = keras.Model(model.input, model.get_layer("last_conv").output)
    np.testing.assert_allclose(inner(images), plain(images), atol=1e-5)


@pytest.mark.parametrize("stride", [1, 2])
def test_half_padding_is_symmetric(stride):
    node = Node("last", "depthwise", ("image",), kernel=(3, 3), stride=stride)
    model = built(node)
    ones = np.ones((3, 3, 2, 1))
    model.get_layer("last_conv").set_weights([ones])
    inner = keras.Model(model.input, model.get_layer("last_conv").output)
    # The first window holds a row and a column of zeros.
    assert inner(np.ones((1, 9, 8, 2), "f"))[0, 0, 0, 0] == 4


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [
        ((3, 3), 1, "half"),
        ((3, 3), 2, "half"),
        ((3, 3), 2, "same"),
        ((3, 2), 1, "same"),
        ((5, 3), 2, "same"),
    ],
)
def test_fast_layers_do_what_the_standard_ones_do(
    kernel, stride, padding, norm
):
    options = {"kernel": kernel, "stride": stride, "padding": padding}
    node = Node("last", "depthwise", ("image",), norm=norm, **options)
    plain, fast = built(node), built(node, training=True)
    small.randomize(plain)
    fast.set_weights(plain.get_weights())
    images = small.normal(3, 9, 8, 2)
    assert small.difference(fast(images), plain(images)) < 1e-5


def test_training_uses_the_fast_layers_where_they_fit():
    node = Node("last", "depthwise", ("image",), kernel=(3, 3), stride=2)
    model = built(node, training=True)
    fast = layers.FastDepthwiseConv2D
    assert isinstance(model.get_layer("last_conv"), fast)


def test_dense_layers_come_after_the_mean():
    node = Node("last", "conv", ("image",), 4)
    model = built(node)
    small.randomize(model)
    images = small.normal(2, 9, 8, 2)
    inner = keras.Model(model.input, model.get_layer("last_norm").output)
    mean = np.asarray(inner(images)).mean(axis=(1, 2))
    kernel, bias = model.get_layer("logits").get_weights()
    np.testing.assert_allclose(model(images), mean @ kernel + bias, atol=1e-5)


def test_outputs_are_logits_or_probabilities():
    fixed = small.skeleton()
    chosen = spaces.choose(fixed, ["skip"] * 3)
    model = derived.build(chosen, outputs="probabilities")
    sums = np.asarray(model(small.batch(4)[0])).sum(axis=1)
    np.testing.assert_allclose(sums, np.ones(4), atol=1e-6)


def test_parts_without_slots_say_so():
    with pytest.raises(ValueError, match="fills no slots"):
        body.build(small.skeleton(), body.Parts())


def test_every_tensor_of_a_skeleton_has_the_shape_that_is_counted():
    fixed = small.skeleton("previous_two", expansion=2, size=7)
    model = derived.build(spaces.choose(fixed, ["dw3"] * 5))
    expected = network.shapes(fixed.nodes, fixed.input_shape)
    for layer in model.layers[1:]:
        name = layer.name.removesuffix("_norm")
        if name in expected and len(layer.output.shape) == 4:
            assert tuple(layer.output.shape[1:]) == expected[name]
