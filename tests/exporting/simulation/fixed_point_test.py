"""Tests of the simulated arithmetic of TIDL."""

import math

import keras
import numpy as np
import pytest

from ednas_tf import errors, evaluation, spaces
from ednas_tf.exporting import legalisation
from ednas_tf.exporting.simulation import fixed_point
from ednas_tf.networks import derived
from tests import small

_layers = keras.layers


@pytest.fixture(scope="module")
def simulation(model, images):
    return fixed_point.simulate(model, [images])


@pytest.fixture(scope="module")
def stem():
    """A convolution of stride 2, its batch norm and ReLU6, on images 6x6x2."""
    image = _layers.Input((6, 6, 2), name="image")
    x = _layers.Conv2D(3, 3, 2, use_bias=False, name="conv")(image)
    x = _layers.BatchNormalization(name="norm")(x)
    network = keras.Model(image, _layers.ReLU(6.0)(x))
    small.randomize(network)
    return network


def _probabilities(simulation, images):
    (outputs,) = simulation.predict(images).values()
    return outputs


def _outputs(model, images, *bits):
    """Returns the one output of a model, simulated on its calibration."""
    return _probabilities(fixed_point.simulate(model, [images], *bits), images)


def _exponent(magnitude, largest):
    """Exponent of the smallest scale of which `largest` steps suffice."""
    return math.ceil(math.log2(magnitude / (largest + 0.5)))


def _half_up(values):
    return np.floor(np.asarray(values, np.float64) + 0.5)


def _stem_in_integers(stem, images):
    """Computes what `stem` gives with integers, in NumPy."""
    kernel, scale, shift, mean, variance = map(np.float64, stem.get_weights())
    scale = scale / np.sqrt(variance + 1e-3)
    kernel, bias = kernel * scale, shift - mean * scale
    of_image = _exponent(np.abs(images).max(), 127)
    of_kernel = _exponent(np.abs(kernel).max(), 127)
    of_output = _exponent(np.asarray(stem(images)).max(), 255)
    x = np.clip(_half_up(images * 2.0**-of_image), -128, 127)
    taps = _half_up(kernel * 2.0**-of_kernel)
    sums = np.empty((len(images), 2, 2, 3))
    for row, column in np.ndindex(2, 2):
        window = x[:, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
        sums[:, row, column] = np.tensordot(window, taps, 3)
    step = of_image + of_kernel
    sums += _half_up(bias * 2.0**-step)
    most = min(255, _half_up(6 * 2.0**-of_output))
    values = np.clip(_half_up(sums * 2.0 ** (step - of_output)), 0, most)
    return values * 2.0**of_output, (of_kernel, of_output)


def test_one_layer_is_what_integers_in_numpy_give(stem):
    images = small.normal(8, 6, 6, 2)
    received = _outputs(stem, images)
    expected, _ = _stem_in_integers(stem, images)
    np.testing.assert_array_equal(received, expected)


def test_a_row_per_layer_tells_the_scales(stem):
    images = small.normal(8, 6, 6, 2)
    _, (weight_exponent, output_exponent) = _stem_in_integers(stem, images)
    (row,) = fixed_point.simulate(stem, [images]).layers
    assert row == {
        "layer": "conv",
        "weight_exponent": weight_exponent,
        "output_exponent": output_exponent,
        "signed": False,
    }


def test_images_beyond_the_calibration_are_saturated(stem):
    images = small.normal(8, 6, 6, 2)
    simulated = fixed_point.simulate(stem, [images])
    held = 2.0 ** _exponent(np.abs(images).max(), 127) * 127
    far, edge = (np.full((1, 6, 6, 2), x, np.float32) for x in (1e6, held))
    received = _probabilities(simulated, far)
    np.testing.assert_array_equal(received, _probabilities(simulated, edge))


def test_many_bits_give_what_the_model_gives(model, images):
    received = _outputs(model, images, 12, 16)
    assert small.difference(received, model(images)) < 0.01


def test_more_bits_of_weights_come_closer(model, images):
    logits = keras.Model(model.input, model.get_layer("logits").output)
    expected = np.asarray(logits(images))
    found = [_outputs(logits, images, bits, 12) for bits in (4, 7, 12)]
    distances = [np.square(values - expected).sum() for values in found]
    assert distances == sorted(distances, reverse=True)


def test_integers_behind_a_relu_have_no_sign(simulation):
    signs = {row["layer"]: row["signed"] for row in simulation.layers}
    assert not signs["block1_conv"]
    assert signs["logits"]


def test_softmax_gives_probabilities(simulation, images):
    sums = _probabilities(simulation, images).sum(axis=-1)
    np.testing.assert_allclose(sums, 1.0, rtol=1e-5)
    assert simulation.layers[-1]["output_exponent"] is None


def test_evaluation_times_it_as_any_other_file(simulation):
    assert simulation.image_shape == (8, 8, 3)
    assert simulation.threads >= 1
    assert evaluation.latency_us(simulation) > 0


@pytest.mark.parametrize(
    "names",
    [
        ("dw3", "dw5", "dw7", "dw9", "dw11"),
        ("dw3d2", "dw3d3", "avg3", "max3", "skip"),
    ],
)
def test_every_operation_can_be_simulated(names):
    fixed = small.skeleton("previous_two", channels=(4, 4, 4))
    model = derived.build(spaces.choose(fixed, names), outputs="logits")
    small.randomize(model)
    images = small.normal(16, 8, 8, 3)
    received = _outputs(model, images, 12, 14)
    assert small.difference(received, model(images)) < 0.02


def test_a_legalised_network_can_be_simulated():
    fixed = small.skeleton()
    model = derived.build(spaces.choose(fixed, ["dw11", "dw3", "dw3"]))
    small.randomize(model)
    images = small.normal(16, 8, 8, 3)
    legal = legalisation.legalise(model, 7)
    received = _outputs(legal, images, 12, 14)
    assert small.difference(received, model(images)) < 0.02


def _detector():
    """Two maps of boxes and scores, joined."""
    image = _layers.Input((8, 8, 3), name="image")
    fine = _layers.Conv2D(6, 3, 2, "same", activation="relu")(image)
    coarse = _layers.Conv2D(6, 3, 2, "same", activation="relu")(fine)
    outputs = {}
    for name, values in (("boxes", 4), ("scores", 3)):
        maps = [
            _layers.Reshape((-1, values))(_layers.Conv2D(2 * values, 1)(x))
            for x in (fine, coarse)
        ]
        outputs[name] = _layers.Concatenate(axis=1, name=name)(maps)
    sigmoid = _layers.Activation("sigmoid")(outputs["scores"])
    return keras.Model(image, {"boxes": outputs["boxes"], "scores": sigmoid})


def test_a_detector_gives_what_its_outputs_are_called(images):
    model = _detector()
    small.randomize(model)
    received = fixed_point.simulate(model, [images], 12, 14).predict(images)
    expected = model(images)
    assert sorted(received) == ["boxes", "scores"]
    for name, value in received.items():
        assert small.difference(value, expected[name]) < 0.02


def test_a_layer_that_is_not_simulated_is_told():
    image = _layers.Input((4, 4, 2))
    gate = _layers.Activation("hard_silu", name="swish")(image)
    with pytest.raises(errors.UserError, match="'hard_silu'.*swish"):
        fixed_point.simulate(keras.Model(image, gate), [np.ones((1, 4, 4, 2))])


def test_no_calibration_images_are_told(stem):
    with pytest.raises(errors.UserError, match="received none"):
        fixed_point.simulate(stem, [])


@pytest.mark.parametrize("bits", [3, 13])
def test_bits_that_no_device_has_are_told(stem, images, bits):
    with pytest.raises(errors.UserError, match="4 to 12 as weight_bits"):
        fixed_point.simulate(stem, [images], weight_bits=bits)
