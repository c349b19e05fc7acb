"""Tests of the network that the other Keras makes."""

import keras
import numpy as np
import pytest
import tf_keras

from ednas_tf import spaces
from ednas_tf.exporting import legalisation, preprocessing
from ednas_tf.exporting.optimization import rebuilding, rounding
from ednas_tf.networks import derived
from tests import small
from tests.exporting.optimization import examples


def _rebuilt(model):
    return rebuilding.Network(
        model, rebuilding.Outfit(), tf_keras, tf_keras.layers
    )


@pytest.mark.parametrize("topology", ["chain", "previous_two"])
@pytest.mark.parametrize("seed", range(3))
def test_it_gives_what_keras_gives(topology, seed):
    skeleton = small.skeleton(topology, expansion=2)
    names = small.random_names(skeleton, seed)
    model = derived.build(spaces.choose(skeleton, names))
    small.randomize(model, seed)
    images = small.normal(4, 8, 8, 3)
    received = _rebuilt(model).served()(images)
    assert small.difference(received, model(images)) <= 1e-5


@pytest.mark.parametrize(
    "change",
    [
        lambda model: legalisation.legalise(model, 7),
        lambda model: preprocessing.include(model, (1, 2, 3), (4, 5, 6)),
    ],
)
def test_it_follows_what_was_changed(change):
    model = change(examples.network(["dw11", "dw3", "skip"]))
    images = small.normal(4, 8, 8, 3)
    received = _rebuilt(model).served()(images)
    assert small.difference(received, model(images)) <= 1e-5


def test_the_trainee_gives_logits():
    model = examples.network(["dw3", "dw3", "skip"])
    images = small.normal(4, 8, 8, 3)
    logits = np.asarray(_rebuilt(model).trainee()(images))
    received = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert small.difference(received, model(images)) <= 1e-5


def test_the_trainee_of_a_detector_gives_boxes_then_logits(detector):
    images = small.normal(2, 8, 8, 3)
    received = np.asarray(_rebuilt(detector).trainee()(images))
    expected = detector(images)
    scores = 1 / (1 + np.exp(-received[..., 4:]))
    assert small.difference(received[..., :4], expected["boxes"]) <= 1e-5
    assert small.difference(scores, expected["scores"]) <= 1e-5


def test_a_detector_may_have_one_map():
    layers = keras.layers
    x = image = layers.Input((8, 8, 3), name="image")
    boxes, logits = (
        layers.Reshape((-1, n))(layers.Conv2D(6 * n, 1, name=f"c{n}")(x))
        for n in (4, 2)
    )
    boxes = layers.Concatenate(axis=1, name="boxes")([boxes])
    logits = layers.Concatenate(axis=1, name="score_logits")([logits])
    model = keras.Model(image, {"boxes": boxes, "scores": logits})
    outfit = rounding.Rounding(raw=False)
    network = rebuilding.Network(model, outfit, tf_keras, tf_keras.layers)
    assert network.trainee()(small.normal(4, 8, 8, 3)).shape == (4, 64 * 6, 6)


def test_fixed_taps_and_the_normalisation_do_not_train():
    model = examples.network(["dw3", "avg3", "skip"])
    inside = preprocessing.include(model, (1, 2, 3), (4, 5, 6))
    received = [tuple(v.shape) for v in _rebuilt(inside).trained]
    expected = [tuple(v.shape) for v in model.trainable_variables]
    assert received == expected


def test_a_fused_norm_is_neutral():
    norm = keras.layers.BatchNormalization()
    norm.build((None, 2))
    norm.moving_variance.assign([1 - norm.epsilon] * 2)
    assert rebuilding.is_neutral(norm)
    norm.moving_mean.assign([0.0, 0.1])
    assert not rebuilding.is_neutral(norm)
