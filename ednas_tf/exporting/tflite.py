"""TFLite files: one image to probabilities, float or quantized."""

import pathlib

import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from ednas_tf import errors, runs
from ednas_tf.exporting import extremes, saved_model

FORMATS = tuple(runs.TFLITE_FILES)
_CALIBRATED = ("int8", "int16x8")
_NUM_CHECKED = 4
# The same float network, but for the order of sums: TFLite may differ from
# Keras by so much of the largest output.
_TOLERANCE = 1e-4
# Where the ranges of raw inputs end, so that scales are exactly 1 and 1/128:
# an int8 file takes the pixel, an int16x8 file 128 times the pixel.
_LARGEST = {"int8": 255.0, "int16x8": 32767 / 128}


def convert(model, format, calibration=None, raw=False):
    """Converts a Keras model to the bytes of a TFLite file with batch 1.

    Args:
        model: Keras model from float32 images `(batch, height, width,
            channels)` to probabilities `(batch, num_classes)`, or to a
            dictionary of tensors.
        format: One of `FORMATS`. `int8` and `int16x8` hold integers alone,
            input and output included; weights are int8 per channel.
        calibration: Batches of images `(n, height, width, channels)` as the
            model takes them, from which the ranges of activations are taken.
        raw: Whether the file takes images as they come, for a model of images
            in 0..255: uint8, of scale 1 and zero point 0 where it holds
            integers. `int16x8` takes int16 of scale 1/128 and zero point 0,
            128 times the pixel: the converter knows no other type there.
    """
    return dict(convert_all(model, [format], calibration, raw))[format]


def convert_all(model, formats, calibration=None, raw=False):
    """Yields pairs of format and bytes, tracing the model once per input.

    Args:
        model: As in `convert`.
        formats: Some of `FORMATS`.
        calibration: As in `convert`; read once per format that needs it.
        raw: As in `convert`.
    """
    for format in formats:
        _check(format, calibration)
    if not formats:
        return
    images, expected = _reference(model, raw)
    with runs.scratch() as folder:
        for format in formats:
            # Integers are asked for at conversion: a graph of uint8 would
            # begin with a cast, through float numbers.
            graph = _graph(model, folder, raw and format not in _CALIBRATED)
            content = _convert(graph, format, calibration, raw)
            if format == "float":
                _check_same(content, images, expected)
            yield format, content


def signature(content):
    """Describes the inputs and outputs of a TFLite file.

    Args:
        content: Bytes of the file.

    Returns:
        Dictionary of the lists `inputs` and `outputs`, in the order in which
        the file holds them. Each entry holds `name`, `shape`, `dtype`, and
        for integers `scale` and `zero_point`:
        `real = scale * (integer - zero_point)`.
    """
    runner = _interpreter(content)
    parts = runner.get_signature_runner(saved_model.SIGNATURE)
    return {
        "inputs": _entries(
            parts.get_input_details(), runner.get_input_details()
        ),
        "outputs": _entries(
            parts.get_output_details(), runner.get_output_details()
        ),
    }


def _check(format, calibration):
    if format not in FORMATS:
        raise errors.unknown_name("TFLite format", format, FORMATS)
    if format in _CALIBRATED and calibration is None:
        raise errors.UserError(
            f"Expected calibration images for the format {format}, received "
            "none. Give some of the training split."
        )


def _graph(model, folder, raw):
    """Returns the path of the SavedModel with such an input; makes it once."""
    path = pathlib.Path(folder, "uint8" if raw else "float32")
    if not path.exists():
        # With a batch of any size, dilated convolutions and their batch
        # norms would stay apart; `from_concrete_functions` would give NaN.
        saved_model.export(model, str(path), batch=1, raw=raw)
    return str(path)


def _convert(graph, format, calibration, raw):
    converter = tf.lite.TFLiteConverter.from_saved_model(
        graph, signature_keys=[saved_model.SIGNATURE]
    )
    if format != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if format == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if format in _CALIBRATED:
        _quantize(converter, format, calibration, raw)
    return converter.convert()


def _quantize(converter, format, calibration, raw):
    """Asks for integers throughout, with ranges from the calibration."""
    sets = tf.lite.OpsSet
    wide = sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    dtype, ops = tf.int8, sets.TFLITE_BUILTINS_INT8
    if format == "int16x8":
        dtype, ops = tf.int16, wide
    largest = _LARGEST[format] if raw else None
    converter.representative_dataset = lambda: _singles(calibration, largest)
    converter.target_spec.supported_ops = [ops]
    as_it_comes = raw and format == "int8"
    converter.inference_input_type = tf.uint8 if as_it_comes else dtype
    converter.inference_output_type = dtype


def _singles(calibration, largest):
    """Yields the images of all batches one by one, as the converter wants.

    Args:
        calibration: Batches of images.
        largest: Where the range of raw images is to end; None leaves the
            images alone.
    """
    found = False
    for batch in calibration:
        for image in np.array(batch, np.float32):
            if largest is not None:
                _check_raw(image)
            if largest is not None and not found:
                image.flat[[0, -1]] = 0.0, largest
            found = True
            yield [image[np.newaxis]]
    if not found:
        raise extremes.missing()


def _check_raw(image):
    lowest, highest = np.min(image), np.max(image)
    if not (lowest >= 0 and highest <= 255):
        raise errors.UserError(
            "Expected raw calibration images in 0..255. Received values from "
            f"{lowest} to {highest}; normalisation is inside the network."
        )


def _reference(model, raw):
    """Returns a few images and the outputs that the model gives for them.

    Raises:
        UserError: If they are not finite: no file could be right.
    """
    shape = (_NUM_CHECKED, *model.input_shape[1:])
    rng = np.random.default_rng(0)
    images = rng.normal(size=shape).astype(np.float32)
    if raw:
        images = rng.integers(0, 256, shape, dtype=np.uint8)
    named = saved_model.outputs(
        model(images.astype(np.float32), training=False)
    )
    expected = {name: np.asarray(values) for name, values in named.items()}
    if not all(np.all(np.isfinite(values)) for values in expected.values()):
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
    received = _run(content, images)
    for name, values in expected.items():
        difference = np.max(np.abs(received[name] - values))
        if not difference <= _TOLERANCE * np.max(np.abs(values)):
            raise RuntimeError(
                f"The TFLite converter changed the network: {name} differ "
                f"from Keras by up to {difference}. Report the version of "
                f"TensorFlow, {tf.__version__}."
            )


def _run(content, images):
    """Returns the outputs of a float file by name, of images one by one."""
    serve = _interpreter(content).get_signature_runner(saved_model.SIGNATURE)
    rows = [serve(**{saved_model.INPUT: image[np.newaxis]}) for image in images]
    return {name: np.concatenate([r[name] for r in rows]) for name in rows[0]}


def _interpreter(content):
    return litert.Interpreter(model_content=content, num_threads=1)


def _entries(named, ordered):
    """Describes tensors by name, in the order of the file."""
    names = {details["index"]: name for name, details in named.items()}
    return [_entry(names[each["index"]], each) for each in ordered]


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
