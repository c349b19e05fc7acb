"""TFLite files: one image to probabilities, float or quantized."""

import tempfile

import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from ednas_tf import errors, runs
from ednas_tf.exporting import saved_model

FORMATS = tuple(runs.TFLITE_FILES)
_CALIBRATED = ("int8", "int16x8")
_NUM_CHECKED = 4
# The same float network, but for the order of sums: TFLite may differ from
# Keras by so much of the largest output.
_TOLERANCE = 1e-4


def convert(model, format, calibration=None):
    """Converts a Keras model to the bytes of a TFLite file with batch 1.

    Args:
        model: Keras model from images `(batch, height, width, channels)`,
            normalised, to probabilities `(batch, num_classes)`.
        format: One of `FORMATS`. `int8` and `int16x8` hold integers alone,
            input and output included; weights are int8 per channel.
        calibration: Batches of normalised float32 images `(n, height, width,
            channels)`, from which the ranges of activations are taken.
    """
    return dict(convert_all(model, [format], calibration))[format]


def convert_all(model, formats, calibration=None):
    """Yields pairs of format and bytes, tracing the model once.

    Args:
        model: As in `convert`.
        formats: Some of `FORMATS`.
        calibration: As in `convert`; read once per format that needs it.
    """
    for format in formats:
        _check(format, calibration)
    if not formats:
        return
    images, expected = _reference(model)
    with tempfile.TemporaryDirectory() as folder:
        # With a batch of any size, dilated convolutions and their batch
        # norms would stay apart; `from_concrete_functions` would give NaN.
        saved_model.export(model, folder, batch=1)
        for format in formats:
            content = _convert(folder, format, calibration)
            if format == "float":
                _check_same(content, images, expected)
            yield format, content


def signature(content):
    """Describes the inputs and outputs of a TFLite file.

    Args:
        content: Bytes of the file.

    Returns:
        Dictionary of the lists `inputs` and `outputs`. Each entry holds
        `name`, `shape`, `dtype`, and for integers `scale` and `zero_point`:
        `real = scale * (integer - zero_point)`.
    """
    runner = _interpreter(content)
    names = runner.get_signature_list()[saved_model.SIGNATURE]
    parts = runner.get_signature_runner(saved_model.SIGNATURE)
    inputs, outputs = parts.get_input_details(), parts.get_output_details()
    return {
        "inputs": [_entry(name, inputs[name]) for name in names["inputs"]],
        "outputs": [_entry(name, outputs[name]) for name in names["outputs"]],
    }


def _check(format, calibration):
    if format not in FORMATS:
        raise errors.unknown_name("TFLite format", format, FORMATS)
    if format in _CALIBRATED and calibration is None:
        raise errors.UserError(
            f"Expected calibration images for the format {format}, received "
            "none. Give some of the training split."
        )


def _convert(folder, format, calibration):
    converter = tf.lite.TFLiteConverter.from_saved_model(
        folder, signature_keys=[saved_model.SIGNATURE]
    )
    if format != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if format == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if format in _CALIBRATED:
        _quantize(converter, format, calibration)
    return converter.convert()


def _quantize(converter, format, calibration):
    """Asks for integers throughout, with ranges from the calibration."""
    sets = tf.lite.OpsSet
    wide = sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    dtype, ops = tf.int8, sets.TFLITE_BUILTINS_INT8
    if format == "int16x8":
        dtype, ops = tf.int16, wide
    converter.representative_dataset = lambda: _singles(calibration)
    converter.target_spec.supported_ops = [ops]
    converter.inference_input_type = dtype
    converter.inference_output_type = dtype


def _singles(calibration):
    """Yields the images of all batches one by one, as the converter wants."""
    found = False
    for batch in calibration:
        for image in np.asarray(batch, np.float32):
            found = True
            yield [image[np.newaxis]]
    if not found:
        raise errors.UserError(
            "Expected calibration images, received none. Raise "
            "--calibration_examples."
        )


def _reference(model):
    """Returns a few images and what the model gives for them.

    Raises:
        UserError: If that is not finite: no file could be right.
    """
    shape = (_NUM_CHECKED, *model.input_shape[1:])
    images = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    expected = np.asarray(model(images, training=False))
    if not np.all(np.isfinite(expected)):
        raise errors.UserError(
            "Expected a model with finite outputs, received NaN or infinity. "
            "Train it again with a lower --learning_rate."
        )
    return images, expected


def _check_same(content, images, expected):
    """Raises unless a float file gives what the model gives.

    A converter that meets an unknown form of a network may write a file that
    runs and gives NaN; this is the cheapest place to see that.
    """
    difference = np.max(np.abs(_run(content, images) - expected))
    if not difference <= _TOLERANCE * np.max(np.abs(expected)):
        raise RuntimeError(
            "The TFLite converter changed the network: outputs differ from "
            f"Keras by up to {difference}. Report the version of TensorFlow, "
            f"{tf.__version__}."
        )


def _run(content, images):
    """Runs a float file on images one by one."""
    runner = _interpreter(content)
    runner.allocate_tensors()
    source = runner.get_input_details()[0]["index"]
    target = runner.get_output_details()[0]["index"]
    outputs = []
    for image in images:
        runner.set_tensor(source, image[np.newaxis])
        runner.invoke()
        outputs.append(runner.get_tensor(target)[0])
    return np.stack(outputs)


def _interpreter(content):
    return litert.Interpreter(model_content=content, num_threads=1)


def _entry(name, details):
    entry = {
        "name": name,
        "shape": [int(side) for side in details["shape"]],
        "dtype": np.dtype(details["dtype"]).name,
    }
    scale, zero_point = details["quantization"]
    if scale:
        entry |= {"scale": float(scale), "zero_point": int(zero_point)}
    return entry
