"""Tests of normalisation as the first layer of a network."""

import keras
import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.exporting import legalisation, preprocessing
from tests import small

_MEAN, _STD = (120, 110, 100), (60, 50, 70)


def _normalized(pixels):
    values = (pixels.astype(np.float64) - _MEAN) / _STD
    return values.astype(np.float32)


def test_raw_images_give_what_normalised_ones_give(model, raw_model, pixels):
    expected = model(_normalized(pixels))
    received = raw_model(pixels.astype(np.float32))
    assert small.difference(received, expected) <= 1e-5


def test_one_layer_normalises(model, raw_model):
    before = [layer.name for layer in model.layers]
    after = [layer.name for layer in raw_model.layers]
    assert after == [before[0], "normalization", *before[1:]]
    layer = raw_model.get_layer("normalization")
    assert isinstance(layer, keras.layers.DepthwiseConv2D)
    assert layer.kernel_size == (1, 1)
    assert layer.use_bias


def test_weights_are_shared(model, raw_model):
    ours = {id(variable) for variable in raw_model.variables}
    assert {id(variable) for variable in model.variables} <= ours


def test_all_outputs_stay(detector, pixels):
    raw = preprocessing.include(detector, _MEAN, _STD)
    expected = detector(_normalized(pixels))
    received = raw(pixels.astype(np.float32))
    assert set(received) == {"boxes", "scores"}
    for name in received:
        assert small.difference(received[name], expected[name]) <= 1e-5


def test_several_layers_may_read_the_image(pixels):
    image = keras.layers.Input((8, 8, 3))
    double = keras.layers.Add()([image, image])
    both = keras.layers.Concatenate()([double, image])
    raw = preprocessing.include(keras.Model(image, both), _MEAN, _STD)
    once = _normalized(pixels)
    expected = np.concatenate([2 * once, once], axis=-1)
    received = raw(pixels.astype(np.float32))
    assert small.difference(received, expected) <= 1e-5


def test_large_kernels_can_be_rewritten_before(model, pixels):
    legal = legalisation.legalise(model, 3)
    raw = preprocessing.include(legal, _MEAN, _STD)
    expected = model(_normalized(pixels))
    received = raw(pixels.astype(np.float32))
    assert small.difference(received, expected) <= 1e-4


def test_it_survives_save_and_load(raw_model, pixels, tmp_path):
    loaded = small.saved_and_loaded(raw_model, tmp_path)
    images = pixels.astype(np.float32)
    assert small.difference(loaded(images), raw_model(images)) == 0


@pytest.mark.parametrize(
    ("mean", "std", "message"),
    [
        ((1, 2), (1, 2), "of 3 channels"),
        (_MEAN, (1, 0, 1), "positive standard deviations"),
        ((1, np.nan, 1), _STD, "finite means"),
    ],
)
def test_wrong_numbers_are_told(model, mean, std, message):
    with pytest.raises(errors.UserError, match=message):
        preprocessing.include(model, mean, std)


def test_other_inputs_than_images_are_told():
    vector = keras.layers.Input((3,))
    line = keras.Model(vector, keras.layers.Dense(2)(vector))
    with pytest.raises(errors.UserError, match="Expected a network of images"):
        preprocessing.include(line, _MEAN, _STD)
