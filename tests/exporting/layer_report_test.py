"""Tests of what quantization costs layer by layer."""

import math

import flatbuffers
import keras
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from ednas_tf import errors
from ednas_tf.exporting import (
    layer_matching,
    layer_report,
    preprocessing,
    tflite,
)
from ednas_tf.hardware import tflite_file
from tests import small

_layers = keras.layers


@pytest.fixture(scope="module")
def pair():
    """Two layers: a convolution with ReLU, and one of two channels without."""
    image = _layers.Input((4, 4, 3), name="image")
    x = _layers.Conv2D(5, 1, activation="relu", name="first")(image)
    model = keras.Model(image, _layers.Conv2D(2, 1, name="second")(x))
    small.randomize(model)
    # The largest weights of the channels: one and a quarter.
    kernel = small.normal(1, 1, 5, 2, seed=1)
    kernel *= np.array([1, 0.25]) / np.abs(kernel).max(axis=(0, 1, 2))
    model.get_layer("second").set_weights([kernel, np.array([0.5, -0.5])])
    return model


@pytest.fixture(scope="module")
def noise():
    """Images between -1 and 1, both ends included."""
    values = np.random.default_rng(0).uniform(-1, 1, (30, 4, 4, 3))
    values[0, 0, 0, :2] = -1, 1
    return values.astype(np.float32)


@pytest.fixture(scope="module")
def files(pair, noise):
    """The two layers as a float file and as one of int8."""
    return [tflite.convert(pair, name, [noise]) for name in ("float", "int8")]


def _by_layer(rows):
    return {row["layer"]: row for row in rows}


def _parameters(content):
    """Yields weights, biases and scales of each convolution of a file."""
    runner = layer_matching.open_file(content)
    details = {entry["index"]: entry for entry in runner.get_tensor_details()}
    for operator in runner._get_ops_details():
        x, kernel, bias = operator["inputs"]
        (y,) = operator["outputs"]
        scales = details[kernel]["quantization_parameters"]["scales"]
        arrays = [runner.get_tensor(i).astype(np.int64) for i in (kernel, bias)]
        yield arrays, scales, details[x], details[y]


def _dequantized(values, entry):
    scale, zero_point = entry["quantization"]
    return (values - zero_point) * scale


def _in_integers(content, images):
    """Yields what each convolution gives, computed with integers in NumPy."""
    values = None
    for (kernel, bias), scales, before, after in _parameters(content):
        scale, zero_point = before["quantization"]
        if values is None:
            values = np.clip(np.round(images / scale) + zero_point, -128, 127)
        sums = (values - zero_point) @ kernel[:, 0, 0].T + bias
        step, offset = after["quantization"]
        steps = np.round(sums * (scales * scale / step)) + offset
        values = np.clip(steps, -128, 127)
        yield _dequantized(values, after)


def _in_floats(model, images):
    for name in ("first", "second"):
        layer = keras.Model(model.input, model.get_layer(name).output)
        yield np.asarray(layer(images), np.float64)


def test_noise_is_that_of_integers_in_numpy(pair, noise, files):
    rows = _by_layer(layer_report.compare(*files, noise))
    names = ("first", "probabilities")
    pairs = zip(
        _in_floats(pair, noise), _in_integers(files[1], noise), strict=True
    )
    for name, (expected, received) in zip(names, pairs, strict=True):
        rest = np.square(expected - received).sum()
        decibels = 10 * np.log10(np.square(expected).sum() / rest)
        # The runtime rounds twice, which moves a few integers by one.
        assert rows[name]["snr_db"] == pytest.approx(decibels, abs=0.2)
        assert rows[name]["float_min"] == pytest.approx(expected.min(), 1e-5)
        assert rows[name]["float_max"] == pytest.approx(expected.max(), 1e-5)


def test_eight_bits_of_uniform_numbers_are_48_decibels(noise, files):
    # Variances: 1 / 3 of the numbers, (2 / 255) ** 2 / 12 of the rounding.
    image = _by_layer(layer_report.compare(*files, noise))["image"]
    expected = 20 * math.log10(255)
    assert image["snr_db"] == pytest.approx(expected, abs=0.3)
    assert image["scale"] == pytest.approx(2 / 255, rel=1e-6)
    assert image["clipped"] == 0


def test_a_range_ends_where_the_integers_end(noise, files):
    first = _by_layer(layer_report.compare(*files, noise))["first"]
    assert (first["low"], first["zero_point"]) == (0.0, -128)
    assert first["high"] == pytest.approx(255 * first["scale"])
    assert first["high"] == pytest.approx(first["float_max"], rel=0.01)


def test_weights_tell_how_far_their_channels_are_apart(noise, files):
    last = _by_layer(layer_report.compare(*files, noise))["probabilities"]
    assert last["weight_scale_max"] == pytest.approx(1 / 127)
    assert last["weight_scale_min"] == pytest.approx(1 / 4 / 127)
    assert last["weight_spread"] == pytest.approx(4)


def _with_range_of_output(content, factor):
    """Returns the file with another scale of what it gives."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    parameters = graph.tensors[graph.outputs[0]].quantization
    parameters.scale = [float(parameters.scale[0]) * factor]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def test_a_layer_whose_range_is_too_small_comes_first(pair, noise, files):
    bad = _with_range_of_output(files[1], 1 / 16)
    row = layer_report.compare(files[0], bad, noise)[0]
    *_, expected = _in_floats(pair, noise)
    half = row["scale"] / 2
    beyond = (expected < row["low"] - half) | (expected > row["high"] + half)
    assert row["layer"] == "probabilities"
    assert row["clipped"] == pytest.approx(beyond.mean(), abs=0.01)
    assert row["clipped"] > 0.5


def test_sixteen_bits_leave_less_noise(pair, noise, files):
    wide = tflite.convert(pair, "int16x8", [noise])
    rows = [layer_report.compare(files[0], x, noise) for x in (files[1], wide)]
    images = [_by_layer(found)["image"]["snr_db"] for found in rows]
    assert images[1] - images[0] == pytest.approx(8 * 6.02, abs=1)


def test_layers_of_a_network_come_worst_first(float_file, int8_file, images):
    contents = (float_file.read_bytes(), int8_file.read_bytes())
    rows = layer_report.compare(*contents, images)
    ratios = [row["snr_db"] for row in rows]
    assert ratios == sorted(ratios)
    assert {row["found_in"] for row in rows} == {"both"}
    assert all(tuple(row) == layer_report.COLUMNS for row in rows)


def test_every_operator_of_a_network_has_a_row(float_file, int8_file, images):
    contents = (float_file.read_bytes(), int8_file.read_bytes())
    rows = layer_report.compare(*contents, images[:2])
    expected = [node.name for node in tflite_file.read(float_file).nodes]
    received = [row["operator"] for row in rows if row["operator"] != "INPUT"]
    assert sorted(received) == sorted(expected)


def test_a_file_against_itself_has_no_noise(float_file, images):
    content = float_file.read_bytes()
    rows = layer_report.compare(content, content, images[:2])
    assert {row["snr_db"] for row in rows} == {math.inf}


def test_layers_of_one_file_alone_come_last(files, noise):
    image = _layers.Input((4, 4, 3), name="image")
    x = _layers.Conv2D(5, 1, activation="relu", name="first")(image)
    model = keras.Model(image, _layers.MaxPooling2D(2)(x))
    other = tflite.convert(model, "float")
    rows = layer_report.compare(files[0], other, noise[:2])
    *_, one, two = rows
    assert (one["found_in"], two["found_in"]) == ("float", "quantized")
    assert one["snr_db"] is two["snr_db"] is None


def test_raw_images_lose_nothing(pair, noise):
    raw = preprocessing.include(pair, [127.5] * 3, [127.5] * 3)
    pixels = np.round(noise * 127.5 + 127.5)
    contents = [
        tflite.convert(raw, name, [pixels], raw=True)
        for name in ("float", "int8")
    ]
    rows = layer_report.compare(*contents, pixels.astype(np.uint8))
    assert _by_layer(rows)["image"]["snr_db"] == math.inf
    assert _by_layer(rows)["first"]["snr_db"] > 30


def test_outputs_have_the_names_of_the_signature(noise):
    image = _layers.Input((4, 4, 3), name="image")
    maps = [_layers.Conv2D(4, 1)(image) for _ in range(2)]
    boxes, scores = (_layers.Reshape((-1, 4))(x) for x in maps)
    outputs = {"boxes": boxes, "scores": _layers.Activation("sigmoid")(scores)}
    model = keras.Model(image, outputs)
    contents = [tflite.convert(model, x, [noise]) for x in ("float", "int8")]
    rows = _by_layer(layer_report.compare(*contents, noise))
    assert {"boxes", "scores"} <= set(rows)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((0, 4, 4, 3), "received none"), ((2, 5, 4, 3), r"images of \(4, 4, 3\)")],
)
def test_images_that_do_not_fit_are_told(files, shape, message):
    with pytest.raises(errors.UserError, match=message):
        layer_report.compare(*files, np.zeros(shape, np.float32))
