"""What quantization costs in each layer of a TFLite file.

Both files run on the same images; what a layer gives is compared, so errors of
the layers before it count as well.
"""

import math

import numpy as np

from ednas_tf import errors
from ednas_tf.exporting import layer_matching
from ednas_tf.hardware import tflite_numbers

COLUMNS = (
    "layer",
    "operator",
    "snr_db",
    "clipped",
    "float_min",
    "float_max",
    "low",
    "high",
    "scale",
    "zero_point",
    "weight_scale_min",
    "weight_scale_max",
    "weight_spread",
    "found_in",
)
"""Keys of a row."""
_BOTH, _FLOAT, _QUANTIZED = "both", "float", "quantized"


def compare(float_content, quantized_content, images):
    """Compares a quantized file with the float file, layer by layer.

    Args:
        float_content: Bytes of the float TFLite file.
        quantized_content: Bytes of the quantized file of the same network.
        images: Array `(n, height, width, channels)` of what the float file
            takes: normalised, or as they come if it normalises them itself.

    Returns:
        List of dictionaries of `COLUMNS`, the layer of the lowest
        signal-to-noise ratio first. `snr_db` is `10 log10(sum float ** 2 / sum
        (float - quantized) ** 2)`, infinite without a difference; `clipped`
        the share of float values beyond `low` and `high`, which the integers
        end at, by more than half a step; `weight_spread` the largest over the
        smallest scale of the channels. A layer that only one of the files has
        comes at the end, without figures: `found_in` is `both`, `float` or
        `quantized`.
    """
    contents = (float_content, quantized_content)
    runners = [layer_matching.open_file(content) for content in contents]
    layers = [_layers(*pair) for pair in zip(contents, runners, strict=True)]
    pairs = layer_matching.match(*layers)
    tallies = [_Tally(other, runners[1]) for _, other in pairs]
    for image in _checked(images, runners[0]):
        for runner in runners:
            _run(runner, image)
        for (first, other), tally in zip(pairs, tallies, strict=True):
            tally.add(
                runners[0].get_tensor(first.tensor),
                runners[1].get_tensor(other.tensor),
            )
    rows = [
        _row(first, {"found_in": _BOTH, **tally.figures()})
        for (first, _), tally in zip(pairs, tallies, strict=True)
    ]
    rows.sort(key=lambda row: row["snr_db"])
    return rows + _lonely(layers, pairs)


class _Tally:
    """Gathers what a layer gives in both files, image by image.

    Args:
        layer: The `FileLayer` of the quantized file.
        runner: Its interpreter.
    """

    def __init__(self, layer, runner):
        details = _details(runner)
        self.dtype = details[layer.tensor]["dtype"]
        self.scale, self.zero_point = details[layer.tensor]["quantization"]
        self.weight_scales = np.zeros(0)
        if layer.weights is not None:
            found = details[layer.weights]["quantization_parameters"]
            self.weight_scales = np.asarray(found["scales"], np.float64)
        self.smallest, self.largest = math.inf, -math.inf
        self.signal = self.noise = 0.0
        self.clipped = self.count = 0

    def add(self, expected, received):
        """Adds one image: arrays of float values and of integers."""
        expected = expected.astype(np.float64)
        received = received.astype(np.float64)
        if self.scale:
            received = (received - self.zero_point) * self.scale
            low, high = self._range()
            half = self.scale / 2
            outside = (expected < low - half) | (expected > high + half)
            self.clipped += int(np.count_nonzero(outside))
        self.smallest = min(self.smallest, float(expected.min()))
        self.largest = max(self.largest, float(expected.max()))
        self.signal += float(np.sum(np.square(expected)))
        self.noise += float(np.sum(np.square(expected - received)))
        self.count += expected.size

    def figures(self):
        """Returns values by column."""
        low, high = self._range() if self.scale else (None, None)
        return {
            "snr_db": _decibels(self.signal, self.noise),
            "clipped": self.clipped / self.count,
            "float_min": self.smallest,
            "float_max": self.largest,
            "low": low,
            "high": high,
            "scale": float(self.scale) or None,
            "zero_point": int(self.zero_point) if self.scale else None,
            **_spread(self.weight_scales),
        }

    def _range(self):
        limits = np.iinfo(self.dtype)
        ends = np.array([limits.min, limits.max], np.float64)
        return tuple(((ends - self.zero_point) * self.scale).tolist())


def _layers(content, runner):
    """Returns the layers of a file that hold numbers of the network."""
    details = _details(runner)
    return [
        layer
        for layer in layer_matching.read(content, runner)
        if layer.operator == layer_matching.INPUT
        or details[layer.tensor]["dtype"] == np.float32
        or details[layer.tensor]["quantization"][0]
    ]


def _details(runner):
    return {entry["index"]: entry for entry in runner.get_tensor_details()}


def _checked(images, runner):
    """Returns the images; raises `UserError` unless the file takes them."""
    expected = tuple(runner.get_input_details()[0]["shape"][1:].tolist())
    images = np.asarray(images)
    if not len(images):
        raise errors.UserError(
            "Expected images to compare the layers with, received none. Raise "
            "--calibration_examples."
        )
    if images.shape[1:] != expected:
        raise errors.UserError(
            f"Expected images of {expected}, as the float file takes. "
            f"Received: {images.shape[1:]}"
        )
    return images


def _run(runner, image):
    """Runs one image, as the integers that the file takes."""
    (details,) = runner.get_input_details()
    value = tflite_numbers.quantized(image[np.newaxis], details)
    runner.set_tensor(details["index"], value)
    runner.invoke()


def _decibels(signal, noise):
    if not noise:
        return math.inf
    return 10 * math.log10(signal / noise) if signal else -math.inf


def _spread(scales):
    if not len(scales):
        return {}
    low, high = float(scales.min()), float(scales.max())
    return {
        "weight_scale_min": low,
        "weight_scale_max": high,
        "weight_spread": high / low if low else math.inf,
    }


def _row(layer, figures):
    found = {"layer": layer.label, "operator": layer.operator, **figures}
    return {column: found.get(column) for column in COLUMNS}


def _lonely(layers, pairs):
    """Returns rows for the layers that only one of the files has."""
    rows = []
    for place, found_in in enumerate((_FLOAT, _QUANTIZED)):
        matched = {pair[place] for pair in pairs}
        rest = [layer for layer in layers[place] if layer not in matched]
        rows += [_row(layer, {"found_in": found_in}) for layer in rest]
    return rows
