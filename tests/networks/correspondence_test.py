"""Layers of two networks meet by what they do, not by name."""

import keras
import pytest
from keras import layers

from ednas_tf import errors
from ednas_tf.networks import correspondence


def branched(swapped=False, act="relu", kernel_size=3, **kwargs):
    """Returns a network of which two branches have layers of equal shapes.

    Args:
        swapped: Whether layers and inputs of the sum come the other way round.
        act: Activation at the end of the branches.
        kernel_size: Side of the last convolution.
        **kwargs: Arguments of the last convolution.
    """
    image = keras.Input((9, 9, 2))
    first = layers.Conv2D(4, 3, padding="same", name="first")(image)
    branches = {}
    for name in ("short", "long")[:: -1 if swapped else 1]:
        x = layers.Conv2D(4, 3, padding="same", name=f"{name}1")(first)
        if name == "long":
            x = layers.Conv2D(4, 3, padding="same", name="long2")(x)
        branches[name] = x
    x = layers.Activation(act)(layers.Add(name="sum")(list(branches.values())))
    kwargs = {"strides": 2, "padding": "same", **kwargs}
    x = layers.Conv2D(4, kernel_size, name="last", **kwargs)(x)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x))


def met(target, source):
    """Returns names of layers with weights, in pairs."""
    return [
        (one.layer.name, other.layer.name)
        for one, other in correspondence.pairs(target, source)
        if one.layer.weights
    ]


def test_branches_meet_whichever_comes_first():
    received = met(branched(), branched(swapped=True))
    names = ["first", "short1", "long1", "long2", "last"]
    assert received == [(name, name) for name in names]


def test_inputs_come_before_what_reads_them():
    seen = set()
    for step, _ in correspondence.pairs(branched(), branched()):
        assert seen >= set(step.inputs)
        seen.add(step)


@pytest.mark.parametrize(
    "passing",
    [layers.Dropout(0.5), layers.Activation("linear"), layers.Softmax()],
)
def test_layers_without_weights_may_be_left_out(passing):
    source = branched()
    more = keras.Model(source.input, passing(source.output))
    assert len(met(branched(), more)) == len(met(more, branched())) == 5


def test_a_relu_has_many_spellings():
    image = keras.Input((4, 4, 2))
    one = layers.ReLU(6.0)(layers.Conv2D(3, 1)(image))
    two = layers.Conv2D(3, 1, activation="relu6")(image)
    three = layers.Activation("relu6")(layers.Conv2D(3, 1)(image))
    networks = [keras.Model(image, x) for x in (one, two, three)]
    for network in networks[1:]:
        assert len(correspondence.pairs(networks[0], network)) == 3


def test_a_mean_over_the_whole_map_is_an_average_pooling():
    image = keras.Input((4, 6, 2))
    one = layers.GlobalAveragePooling2D()(image)
    two = layers.Flatten()(layers.AveragePooling2D((4, 6))(image))
    networks = [keras.Model(image, x) for x in (one, two)]
    assert len(correspondence.pairs(*networks)) == 2


def borders(**kwargs):
    """Returns the border of the last convolution of `branched`."""
    steps = dict(correspondence.pairs(branched(**kwargs), branched(**kwargs)))
    (found,) = (s.border for s in steps if s.layer.name == "last")
    return found


def test_borders_are_counted():
    # At stride 2, nine pixels need one before them and one behind.
    assert borders() == (1, 1)
    assert borders(padding="valid") == (0, 0)
    assert borders(kernel_size=4, strides=1) == (1, 1)


def test_zeros_that_a_layer_adds_are_a_border():
    image = keras.Input((8, 8, 2))
    x = layers.ZeroPadding2D(((0, 1), (2, 0)))(image)
    network = keras.Model(image, layers.Conv2D(3, 3, 2)(x))
    *_, (step, _) = correspondence.pairs(network, network)
    assert step.border == (0, 2)


def test_another_activation_is_named():
    with pytest.raises(errors.UserError, match="a relu6, in the .*, a relu$"):
        correspondence.pairs(branched(), branched(act="relu6"))


def test_a_missing_layer_is_named():
    source = branched()
    short = keras.Model(source.input, source.get_layer("last").output)
    with pytest.raises(errors.UserError, match="last, a .*, a mean$"):
        correspondence.pairs(branched(), short)


@pytest.mark.parametrize(
    "layer",
    [
        layers.SeparableConv2D(3, 3, name="other"),
        layers.Rescaling(1 / 255, name="other"),
        layers.AveragePooling2D(2, name="other"),
        layers.UpSampling2D(name="other"),
    ],
)
def test_a_layer_that_is_not_known_is_named(layer):
    image = keras.Input((9, 9, 2))
    network = keras.Model(image, layer(image))
    with pytest.raises(errors.UserError, match="Received: other, "):
        correspondence.pairs(network, network)
