"""The network of an architecture, and its counts by an independent route."""

import keras
import numpy as np
import pytest
import tf_keras

from ednas_tf import spaces
from ednas_tf.networks import derived, transfer
from ednas_tf.spaces import operators, presets
from tests import small


def network(topology="chain", seed=0, **kwargs):
    fixed = small.skeleton(topology, **kwargs)
    return spaces.choose(fixed, small.random_names(fixed, seed))


def counted(model):
    """MACs and folded parameters, from nothing but Keras's layers."""
    macs = params = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            params += layer.gamma.shape[0]  # Folded, it leaves a bias.
        elif layer.weights:
            kernel = layer.get_weights()[0]
            pixels = np.prod(layer.output.shape[1:-1], dtype=int)
            macs += int(kernel.size * pixels)
            params += layer.count_params()
    return {"macs": macs, "params": params}


def of_operators(architecture):
    rows = operators.architecture_operators(architecture)
    totals = operators.totals(rows)
    return {name: totals[name] for name in ("macs", "params")}


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("seed", range(3))
def test_counts_of_small_networks_equal_those_of_keras(topology, seed):
    channels = (4, 6, 6, 8)
    one = network(topology, seed, expansion=seed + 1, channels=channels, size=9)
    assert counted(derived.build(one)) == of_operators(one)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_counts_of_tiny_equal_those_of_keras(topology):
    fixed = presets.build("tiny", (32, 32, 3), 10, topology=topology)
    one = spaces.choose(fixed, small.random_names(fixed, 0))
    assert counted(derived.build(one)) == of_operators(one)


def test_counts_of_mobile_equal_those_of_keras():
    fixed = presets.build("mobile", (224, 224, 3), 1000)
    one = spaces.choose(fixed, ["dw5"] * len(fixed.slots()))
    model = derived.build(one)
    norms = [
        layer.count_params()
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    folded = model.count_params() - sum(norms) + sum(norms) // 4
    assert folded == of_operators(one)["params"]
    assert counted(model) == of_operators(one)


def test_shapes_are_those_of_the_skeleton():
    fixed = small.skeleton("previous_two", size=9, channels=(4, 6, 6, 8))
    model = derived.build(spaces.choose(fixed, small.random_names(fixed, 1)))
    for index, block in enumerate(fixed.blocks):
        layer = model.get_layer(f"{block.name}_project_norm")
        assert layer.output.shape[1:] == fixed.shape(index)


def test_only_standard_layers_are_saved():
    model = derived.build(network("previous_two"))
    modules = {type(layer).__module__ for layer in model.layers}
    assert all(name.startswith("keras.") for name in modules)


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_network_for_training_gives_the_same_outputs(topology):
    one = network(topology, seed=1)
    fast = derived.build_for_training(one)
    small.randomize(fast)
    standard = derived.build(one, outputs="logits")
    transfer.copy(fast, standard)
    images = small.batch()[0]
    for training in (True, False):
        received = fast(images, training=training)
        expected = standard(images, training=training)
        assert small.difference(received, expected) < 1e-4


def test_tf_keras_gives_the_same_outputs():
    one = network("previous_two", seed=2)
    model = derived.build(one)
    small.randomize(model)
    other = derived.build(one, k=tf_keras)
    transfer.copy(model, other)
    images = small.batch()[0]
    assert small.difference(other(images), model(images)) < 1e-5


def test_outputs_are_probabilities_by_default():
    outputs = derived.build(network())(small.batch()[0])
    np.testing.assert_allclose(np.sum(outputs, axis=1), 1.0, rtol=1e-5)


def test_a_head_with_features_is_built_and_counted():
    fixed = spaces.Skeleton(
        "head",
        (8, 8, 1),
        3,
        spaces.Stem(3, stride=2, channels=4, depth_multiplier=2),
        (spaces.Block("only", 4, expansion=2),),
        spaces.Head(channels=8, features=5),
    )
    one = spaces.choose(fixed, ["max3"])
    assert counted(derived.build(one)) == of_operators(one)


def test_network_survives_save_and_load(tmp_path):
    model = derived.build(network("previous_two", seed=3))
    small.randomize(model)
    again = small.saved_and_loaded(model, tmp_path)
    images = small.batch()[0]
    np.testing.assert_array_equal(model(images), again(images))
