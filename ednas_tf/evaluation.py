"""Accuracy, agreement, size and latency, measured on the files themselves."""

import dataclasses
import itertools
import os
import pathlib
import statistics
import time
from concurrent import futures

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from ednas_tf import errors

_SIGNATURE = "serve"
_WARM_UP_RUNS = 5
_TIMED_RUNS = 50
_TIMED_SECONDS = 5.0


@dataclasses.dataclass(frozen=True, eq=False)
class Predictions:
    """What a network says about labelled examples.

    Attributes:
        probabilities: Array of shape `(examples, num_classes)`.
        labels: Array of shape `(examples,)`.
    """

    probabilities: np.ndarray
    labels: np.ndarray

    @property
    def classes(self):
        """The most probable class of each example."""
        return np.argmax(self.probabilities, axis=-1)

    @property
    def accuracy(self):
        """Share of the examples whose most probable class is the label."""
        return float(np.mean(self.classes == self.labels))


@dataclasses.dataclass(frozen=True)
class Metrics:
    """What `metrics.json` says about a run.

    Attributes:
        artifacts: By name: `accuracy`, `examples`, `bytes`, `latency_us` (the
            median of one image on this host) on `threads`, and what
            `agreement` returns for it and the Keras file.
        macs: Multiply-accumulates of one image.
        params: Weights and biases.
    """

    artifacts: dict
    macs: int
    params: int

    def to_dict(self):
        """Returns values that `json` can write."""
        return dataclasses.asdict(self)


class TFLiteRunner:
    """Runs a TFLite file with batch 1 as it is, on several cores.

    Args:
        path: The file. Inputs and outputs may be integers; their scales are
            read from it.
        workers: Images at a time, each on one thread; all cores by default.
    """

    threads = 1

    def __init__(self, path, workers=None):
        content = pathlib.Path(path).read_bytes()
        count = workers or os.cpu_count()
        self._workers = [_interpreter(content) for _ in range(count)]
        self._input = self._workers[0].get_input_details()[0]
        self._output = self._workers[0].get_output_details()[0]
        self.image_shape = tuple(int(n) for n in self._input["shape"][1:])

    def predict(self, images):
        """Returns probabilities `(n, num_classes)` of normalised images."""
        values = _quantize(images, self._input)
        parts = np.array_split(values, len(self._workers))
        with futures.ThreadPoolExecutor(len(self._workers)) as pool:
            outputs = pool.map(self._run, self._workers, parts)
            rows = list(itertools.chain.from_iterable(outputs))
        return _dequantize(np.stack(rows), self._output)

    def once(self):
        """Runs one image without a look at the result, to be timed."""
        self._workers[0].invoke()

    def _run(self, worker, values):
        rows = []
        for value in values:
            worker.set_tensor(self._input["index"], value[np.newaxis])
            worker.invoke()
            rows.append(worker.get_tensor(self._output["index"])[0])
        return rows


class TensorFlowRunner:
    """Runs a function of TensorFlow on all its threads.

    Args:
        function: From float32 images `(n, height, width, channels)` to
            probabilities `(n, num_classes)`.
        image_shape: Height, width and channels.
    """

    def __init__(self, function, image_shape):
        self._function = function
        self.image_shape = tuple(image_shape)
        self._zeros = tf.zeros((1, *self.image_shape))
        count = tf.config.threading.get_intra_op_parallelism_threads()
        self.threads = count or os.cpu_count()

    def predict(self, images):
        """Returns probabilities `(n, num_classes)` of normalised images."""
        return np.asarray(self._function(tf.convert_to_tensor(images)))

    def once(self):
        """Runs one image without a look at the result, to be timed."""
        np.asarray(self._function(self._zeros))


def open_artifact(path):
    """Returns a runner for a `.keras`, a `.tflite` or a SavedModel.

    Args:
        path: The file or folder.

    Raises:
        UserError: If it is missing or corrupt.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise errors.UserError(
            f"Expected {path}, which is missing. Train or export again."
        )
    openers = {".keras": _open_keras, ".tflite": TFLiteRunner}
    opener = openers.get(path.suffix, _open_saved_model)
    try:
        return opener(path)
    # Libraries read these files; what they raise on a broken one is open.
    except Exception as error:
        reason = " ".join(str(error).strip().splitlines()[:1]).rstrip(".")
        raise errors.UserError(
            f"{path} cannot be run: {reason}. Train or export again."
        ) from error


def predict(runner, batches):
    """Runs all examples through a network.

    Args:
        runner: What `open_artifact` returned.
        batches: Pairs of float32 images `(n, height, width, channels)`,
            normalised, and labels `(n,)`.

    Returns:
        The `Predictions`, in the order of the batches.
    """
    outputs, labels = [], []
    for images, truth in batches:
        images = np.asarray(images, np.float32)
        _check_images(images, runner.image_shape)
        outputs.append(runner.predict(images))
        labels.append(np.asarray(truth))
    if not outputs:
        raise errors.UserError(
            "Expected examples to evaluate with, received none."
        )
    found = Predictions(np.concatenate(outputs), np.concatenate(labels))
    _check_labels(found)
    return found


def evaluate_keras(model, batches):
    """Returns the `Predictions` of a Keras model, loaded; see `predict`."""
    return predict(_keras_runner(model), batches)


def evaluate(reference, artifacts, batches, counts):
    """Measures the Keras file and each artifact on the same examples.

    Args:
        reference: Path of the `.keras` file that the artifacts come from.
        artifacts: Dictionary of name to path.
        batches: As in `predict`; read once per file.
        counts: Dictionary of `macs` and `params` of the network.

    Returns:
        The `Metrics`.
    """
    reference = pathlib.Path(reference)
    runner = open_artifact(reference)
    expected = predict(runner, batches)
    rows = {reference.name: _row(reference, runner, expected, expected)}
    for name, path in artifacts.items():
        runner = open_artifact(path)
        received = predict(runner, batches)
        rows[name] = _row(pathlib.Path(path), runner, received, expected)
    return Metrics(rows, macs=counts["macs"], params=counts["params"])


def latency_us(runner):
    """Returns the median time of one image on this host, in microseconds."""
    for _ in range(_WARM_UP_RUNS):
        runner.once()
    times = []
    while len(times) < _TIMED_RUNS and sum(times) < _TIMED_SECONDS:
        start = time.perf_counter()
        runner.once()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def agreement(received, expected):
    """Compares two `Predictions` of the same examples.

    Returns:
        Dictionary of `agreement`, the share of examples with the same most
        probable class, and `largest_difference` of a probability.
    """
    shapes = [np.shape(p.probabilities) for p in (expected, received)]
    if shapes[0] != shapes[1]:
        raise errors.UserError(
            f"Expected probabilities of shape {shapes[0]}, as the Keras file "
            f"gives. Received: {shapes[1]}. Run the export again."
        )
    difference = np.abs(received.probabilities - expected.probabilities)
    return {
        "agreement": float(np.mean(received.classes == expected.classes)),
        "largest_difference": float(np.max(difference)),
    }


def _row(path, runner, received, expected):
    return {
        "accuracy": received.accuracy,
        "examples": len(received.labels),
        "bytes": _size(path),
        "latency_us": latency_us(runner),
        "threads": runner.threads,
        **agreement(received, expected),
    }


def _open_keras(path):
    return _keras_runner(keras.models.load_model(path, compile=False))


def _keras_runner(model):
    image = tf.TensorSpec((None, *model.input_shape[1:]), "float32")
    function = tf.function(
        lambda images: model(images, training=False), input_signature=[image]
    )
    return TensorFlowRunner(function, model.input_shape[1:])


def _open_saved_model(path):
    loaded = tf.saved_model.load(str(path))
    function = loaded.signatures[_SIGNATURE]
    (spec,) = function.structured_input_signature[1].values()

    def call(images):
        (outputs,) = function(**{spec.name: images}).values()
        return outputs

    call.loaded = loaded  # Else its variables are deleted with it.
    return TensorFlowRunner(call, spec.shape[1:])


def _interpreter(content):
    interpreter = litert.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _quantize(values, details):
    """Turns real numbers into those that a tensor of a file holds."""
    scale, zero_point = details["quantization"]
    if not scale:
        return values.astype(details["dtype"])
    limits = np.iinfo(details["dtype"])
    integers = np.round(values / scale) + zero_point
    clipped = np.clip(integers, limits.min, limits.max)
    return clipped.astype(details["dtype"])


def _dequantize(values, details):
    scale, zero_point = details["quantization"]
    if not scale:
        return values
    return (values.astype(np.float32) - zero_point) * np.float32(scale)


def _check_images(images, shape):
    if images.shape[1:] != shape:
        raise errors.UserError(
            f"Expected images of {shape}, for which the network was made. "
            f"Received: {images.shape[1:]}. Choose its --dataset and "
            "--image_size."
        )


def _check_labels(predictions):
    count = predictions.probabilities.shape[-1]
    largest = int(np.max(predictions.labels))
    if largest >= count:
        raise errors.UserError(
            f"Expected labels below {count}, the outputs of the network. "
            f"Received: {largest}. Choose the --dataset it was trained on."
        )


def _size(path):
    """Returns the bytes of a file, or of all files in a folder."""
    files = [path, *path.rglob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())
