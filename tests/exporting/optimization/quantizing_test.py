"""Tests of quantization-aware training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from ednas_tf import errors
from ednas_tf.exporting import (
    compression,
    legalisation,
    optimization,
    tflite,
)
from ednas_tf.hardware import tflite_file
from tests import small
from tests.exporting.optimization import examples

_SETTINGS = compression.Settings(1, 1e-5)


def _quantize(model, images, **kwargs):
    arguments = {"settings": _SETTINGS, "loss": examples.loss, **kwargs}
    epochs = arguments.pop("epochs", examples.epochs())
    return optimization.quantize(
        model, epochs, calibration=[images[:12], images[12:]], **arguments
    ).content


def _outputs(content, images):
    """Returns the real outputs of an int8 file by name."""
    serve = litert.Interpreter(model_content=content).get_signature_runner(
        "serve"
    )
    entry = serve.get_input_details()["image"]
    scale, zero_point = entry["quantization"]
    limits = np.iinfo(entry["dtype"])
    integers = np.round(images / scale) + zero_point
    integers = np.clip(integers, limits.min, limits.max).astype(entry["dtype"])
    rows = [serve(image=image[None]) for image in integers]
    found = {}
    for name, details in serve.get_output_details().items():
        scale, zero_point = details["quantization"]
        values = np.concatenate([row[name] for row in rows])
        found[name] = (values.astype(np.float32) - zero_point) * scale
    return found


def _graph(content, folder):
    path = folder / "model.tflite"
    path.write_bytes(content)
    return tflite_file.read(path)


@pytest.fixture(scope="module")
def content(model, images):
    return _quantize(model, images)


@pytest.mark.parametrize(
    "names",
    [("dw3", "dw7", "dw9"), ("dw11", "avg3", "skip"), ("dw3d3", "max3", "dw5")],
)
def test_any_operation_becomes_integers(names, images, tmp_path):
    model = examples.network(names)
    content = _quantize(model, images)
    found = {tensor.dtype for tensor in _graph(content, tmp_path).tensors}
    assert found == {"INT8", "INT32"}
    received = _outputs(content, images)["probabilities"]
    assert small.difference(received, model(images)) <= 0.1


def test_it_has_the_operators_of_the_calibrated_file(
    model, content, images, tmp_path
):
    files = content, tflite.convert(model, "int8", [images])
    names = [[n.name for n in _graph(f, tmp_path).nodes] for f in files]
    assert names[0] == names[1]


def test_the_signature_is_that_of_the_calibrated_file(model, content, images):
    expected = tflite.signature(tflite.convert(model, "int8", [images]))
    received = tflite.signature(content)
    scale = expected["inputs"][0].pop("scale")
    assert received["inputs"][0].pop("scale") == pytest.approx(scale, rel=0.01)
    zero_point = expected["inputs"][0].pop("zero_point")
    assert abs(received["inputs"][0].pop("zero_point") - zero_point) <= 1
    assert received == expected


def test_depthwise_weights_have_a_scale_per_channel(content):
    runner = litert.Interpreter(model_content=content)
    kernels = [
        tensor
        for tensor in runner.get_tensor_details()
        if tensor["dtype"] == np.int8 and tuple(tensor["shape"])[1:3] == (5, 5)
    ]
    scales = [k["quantization_parameters"]["scales"] for k in kernels]
    assert [len(scale) for scale in scales] == [4]


def test_raw_images_come_as_bytes(raw_model, pixels, tmp_path):
    images = pixels.astype(np.float32)
    epochs = examples.epochs(change=lambda x, y: (300 * x, y))
    content = _quantize(raw_model, images, epochs=epochs, raw=True)
    (entry,) = tflite.signature(content)["inputs"]
    shape = [1, 8, 8, 3]
    assert entry == {
        "name": "image",
        "shape": shape,
        "dtype": "uint8",
        "scale": 1.0,
        "zero_point": 0,
    }
    found = {tensor.dtype for tensor in _graph(content, tmp_path).tensors}
    assert found == {"UINT8", "INT8", "INT32"}
    received = _outputs(content, images)["probabilities"]
    assert small.difference(received, raw_model(images)) <= 0.1


def test_a_detector_has_both_outputs(detector, images, tmp_path):
    def loss(labels, outputs):
        del labels
        return keras.ops.mean(keras.ops.square(outputs), axis=(1, 2))

    content = _quantize(detector, images, loss=loss)
    received, expected = _outputs(content, images), detector(images)
    for name in ("boxes", "scores"):
        assert small.difference(received[name], expected[name]) <= 0.1
    found = {tensor.dtype for tensor in _graph(content, tmp_path).tensors}
    assert found == {"INT8", "INT32"}


def test_tiles_of_a_large_kernel_are_kept(images, tmp_path):
    model = examples.network(["dw11", "dw3", "skip"])
    tiled = legalisation.legalise(model, 7)
    graph = _graph(_quantize(tiled, images), tmp_path)
    sides = [
        graph.tensor(node.inputs[1]).shape[1]
        for node in graph.nodes
        if node.name == "DEPTHWISE_CONV_2D"
    ]
    assert max(sides) <= 7


def test_zeros_stay_zeros(images, tmp_path):
    model = examples.network(["dw5", "dw3", "skip"])
    layer = model.get_layer("block1_conv")
    kernel = np.array(layer.kernel)
    kernel[::2] = 0.0
    layer.set_weights([kernel])
    settings = compression.Settings(3, 1e-2, compress="prune")
    graph = _graph(_quantize(model, images, settings=settings), tmp_path)
    (found,) = [t for t in graph.tensors if tuple(t.shape) == (1, 5, 5, 4)]
    values = np.frombuffer(found.data.tobytes(), np.int8).reshape(5, 5, 4)
    assert not np.any(values[::2])
    assert np.mean(values[1::2] != 0) > 0.9


def _lopsided():
    """A classifier whose one useful channel is small beside the other.

    With a step of 1000 / 255 whole numbers cannot tell 0 from 1.
    """
    image = keras.layers.Input((2, 2, 1), name="image")
    conv = keras.layers.Conv2D(2, 1, name="conv")
    x = keras.layers.ReLU(name="relu")(conv(image))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    dense = keras.layers.Dense(2, name="logits", trainable=False)
    outputs = keras.layers.Softmax(name="probabilities")(dense(x))
    conv.set_weights([np.float32([[[[0, 1]]]]), np.float32([1000, 0])])
    dense.set_weights([np.float32([[0, 0], [-4, 4]]), np.float32([2, -2])])
    return keras.Model(image, outputs)


def test_it_learns_what_bad_ranges_lose():
    labels = np.arange(64) % 2
    images = np.ones((64, 2, 2, 1), np.float32) * labels[:, None, None, None]
    model = _lopsided()
    whole = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16)
    learned = _quantize(
        model,
        images,
        epochs=optimization.Epochs(4, lambda _: whole),
        loss=lambda y, z: tf.nn.sparse_softmax_cross_entropy_with_logits(y, z),
        settings=compression.Settings(30, 0.1),
    )
    calibrated = tflite.convert(model, "int8", [images])
    right = [
        np.mean(_outputs(c, images)["probabilities"].argmax(axis=1) == labels)
        for c in (learned, calibrated)
    ]
    assert right == [1.0, 0.5]


def test_no_calibration_images_are_told(model):
    with pytest.raises(errors.UserError, match="received none"):
        optimization.quantize(
            model, examples.epochs(), examples.loss, _SETTINGS, []
        )
