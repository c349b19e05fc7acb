"""Tests of TFLite files."""

from unittest import mock

import keras
import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from ednas_tf import errors
from ednas_tf.exporting import tflite
from ednas_tf.exporting.micro import runtime
from ednas_tf.hardware import file_operators, tflite_file
from tests import small


@pytest.fixture(scope="module")
def contents(model, images):
    """One file per format, from two batches of calibration images."""
    calibration = [images[:15], images[15:]]
    return dict(tflite.convert_all(model, tflite.FORMATS, calibration))


@pytest.fixture(scope="module")
def line():
    """A network of one layer, the quickest to convert."""
    image = keras.layers.Input((1, 1, 2), name="image")
    x = keras.layers.Conv2D(3, 1, name="conv")(image)
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x))


@pytest.fixture(scope="module")
def raw_contents(raw_model, pixels):
    """One file per format that takes images as they come."""
    pairs = tflite.convert_all(raw_model, tflite.FORMATS, [pixels], raw=True)
    return dict(pairs)


@pytest.fixture(scope="module")
def detections(detector, images):
    """A float and an int8 file of two outputs."""
    return dict(tflite.convert_all(detector, ["float", "int8"], [images]))


def _outputs(content, images, name="probabilities"):
    runner = litert.Interpreter(model_content=content)
    serve = runner.get_signature_runner("serve")
    scale, zero_point = serve.get_input_details()["image"]["quantization"]
    details = serve.get_output_details()[name]
    if scale:
        images = np.round(images / scale) + zero_point
    images = images.astype(serve.get_input_details()["image"]["dtype"])
    rows = [serve(image=image[None])[name] for image in images]
    scale, zero_point = details["quantization"]
    values = np.concatenate(rows).astype(np.float32)
    return (values - zero_point) * scale if scale else values


def _dtypes(content, folder):
    path = folder / "model.tflite"
    path.write_bytes(content)
    return {tensor.dtype for tensor in tflite_file.read(path).tensors}


@pytest.mark.parametrize(
    ("format", "tolerance"),
    [
        ("float", 1e-4),
        ("float16", 5e-3),
        ("dynamic", 0.1),
        ("int8", 0.1),
        ("int16x8", 0.1),
    ],
)
def test_files_give_what_keras_gives(
    model, images, contents, format, tolerance
):
    received = _outputs(contents[format], images)
    assert small.difference(received, model(images)) <= tolerance


def test_an_int8_file_holds_integers_alone(contents, tmp_path):
    assert _dtypes(contents["int8"], tmp_path) == {"INT8", "INT32"}


@pytest.mark.parametrize("format", ["int8", "int16x8"])
def test_weights_have_a_scale_per_channel(contents, format):
    runner = litert.Interpreter(model_content=contents[format])
    kernels = [
        tensor
        for tensor in runner.get_tensor_details()
        if tensor["dtype"] == np.int8 and tuple(tensor["shape"])[1:3] == (5, 5)
    ]
    scales = [k["quantization_parameters"]["scales"] for k in kernels]
    assert [len(scale) for scale in scales] == [4]


def test_the_range_of_the_input_is_that_of_the_calibration(contents):
    (entry,) = tflite.signature(contents["int8"])["inputs"]
    assert entry["scale"] == pytest.approx(2 / 255, rel=1e-6)
    assert entry["zero_point"] in (-1, 0)  # -0.5 rounds either way.


def test_wide_integers_have_a_symmetric_range(contents):
    (entry,) = tflite.signature(contents["int16x8"])["inputs"]
    assert entry["scale"] == pytest.approx(1 / 32767, rel=1e-6)
    assert entry["zero_point"] == 0


def test_signature_names_shapes_and_types(contents):
    assert tflite.signature(contents["float"]) == {
        "inputs": [
            {"name": "image", "shape": [1, 8, 8, 3], "dtype": "float32"}
        ],
        "outputs": [
            {"name": "probabilities", "shape": [1, 4], "dtype": "float32"}
        ],
    }


def test_float16_holds_weights_of_half_the_size(contents, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(contents["float16"])
    weights = [t for t in tflite_file.read(path).tensors if t.data is not None]
    assert "FLOAT16" in {tensor.dtype for tensor in weights}
    assert "FLOAT32" not in {tensor.dtype for tensor in weights}


@pytest.mark.parametrize(
    ("format", "tolerance"),
    [
        ("float", 1e-4),
        ("float16", 5e-3),
        ("dynamic", 0.1),
        ("int8", 0.1),
        ("int16x8", 0.1),
    ],
)
def test_raw_files_give_what_keras_gives(
    raw_model, pixels, raw_contents, format, tolerance
):
    received = _outputs(raw_contents[format], pixels)
    expected = raw_model(pixels.astype(np.float32))
    assert small.difference(received, expected) <= tolerance


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("float", {"dtype": "uint8"}),
        ("float16", {"dtype": "uint8"}),
        ("dynamic", {"dtype": "uint8"}),
        ("int8", {"dtype": "uint8", "scale": 1.0, "zero_point": 0}),
        ("int16x8", {"dtype": "int16", "scale": 1 / 128, "zero_point": 0}),
    ],
)
def test_raw_files_take_pixels(raw_contents, format, expected):
    (entry,) = tflite.signature(raw_contents[format])["inputs"]
    assert entry == {"name": "image", "shape": [1, 8, 8, 3], **expected}


def test_a_raw_int8_file_holds_integers_alone(raw_contents, tmp_path):
    found = _dtypes(raw_contents["int8"], tmp_path)
    assert found == {"INT8", "UINT8", "INT32"}


def test_normalisation_has_a_scale_per_channel(raw_contents):
    runner = litert.Interpreter(model_content=raw_contents["int8"])
    (scales,) = [
        tensor["quantization_parameters"]["scales"]
        for tensor in runner.get_tensor_details()
        if tuple(tensor["shape"]) == (1, 1, 1, 3)
        and tensor["dtype"] == np.int8
        and len(tensor["quantization_parameters"]["scales"]) == 3
    ]
    expected = 1 / np.array([60, 50, 70]) / 127
    np.testing.assert_allclose(scales, expected, rtol=1e-5)


def test_microcontrollers_run_a_raw_file(raw_contents, pixels, tmp_path):
    pytest.importorskip("tflite_micro", reason="The extra `micro` is absent.")
    path = tmp_path / "model.tflite"
    path.write_bytes(raw_contents["int8"])
    found = runtime.check(path, file_operators.read(path), pixels)
    assert found["offences"] == []
    assert found["agreement"] == 1.0


def test_calibration_images_stay_as_they_are(line):
    images = np.full((2, 1, 1, 2), 7, np.float32)
    tflite.convert(line, "int8", [images], raw=True)
    assert np.all(images == 7)


def test_normalised_images_are_no_raw_calibration(line):
    with pytest.raises(errors.UserError, match=r"in 0\.\.255"):
        tflite.convert(line, "int8", [-np.ones((1, 1, 1, 2))], raw=True)


@pytest.mark.parametrize(
    ("format", "tolerance"), [("float", 1e-4), ("int8", 0.1)]
)
@pytest.mark.parametrize("name", ["boxes", "scores"])
def test_each_output_is_what_keras_gives(
    detector, images, detections, format, tolerance, name
):
    received = _outputs(detections[format], images, name)
    assert small.difference(received, detector(images)[name]) <= tolerance


def test_signature_lists_all_outputs_in_the_order_of_the_file(detections):
    found = tflite.signature(detections["int8"])["outputs"]
    runner = litert.Interpreter(model_content=detections["int8"])
    shapes = [list(d["shape"]) for d in runner.get_output_details()]
    assert [entry["shape"] for entry in found] == shapes
    scales = {entry["name"]: entry["scale"] for entry in found}
    assert set(scales) == {"boxes", "scores"}
    assert scales["scores"] == 1 / 256  # What a sigmoid may give.


def test_an_unknown_format_is_told(model):
    with pytest.raises(errors.UserError, match="Did you mean 'int8'"):
        tflite.convert(model, "int9")


def test_integers_need_calibration(model):
    with pytest.raises(errors.UserError, match="Expected calibration images"):
        tflite.convert(model, "int8")


def test_no_calibration_images_are_told(line):
    with pytest.raises(errors.UserError, match="received none"):
        tflite.convert(line, "int8", calibration=[])


def test_a_network_that_gives_nan_is_told(line):
    broken = keras.models.clone_model(line)
    broken.get_layer("conv").bias.assign([np.nan] * 3)
    with pytest.raises(errors.UserError, match="finite"):
        tflite.convert(broken, "int8", calibration=[])


def test_a_file_that_differs_is_refused(line):
    content = tflite.convert(line, "float")
    other = keras.models.clone_model(line)
    other.get_layer("conv").bias.assign([1.0, 2.0, 3.0])
    with (
        mock.patch.object(tflite, "_convert", return_value=content),
        pytest.raises(RuntimeError, match="changed the network"),
    ):
        tflite.convert(other, "float")
