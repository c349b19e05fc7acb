"""Runs the files of a run: Keras, SavedModel and TFLite."""

import itertools
import os
import pathlib
from concurrent import futures

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from ednas_tf import errors
from ednas_tf.hardware import tflite_file, tflite_numbers
from ednas_tf.untrusted import keras_archive, saved_model_files

_SIGNATURE = "serve"
_OUTPUT = "probabilities"


class TFLiteRunner:
    """Runs a TFLite file with batch 1 as it is, on several cores.

    Args:
        path: The file. Inputs and outputs may be integers; their scales are
            read from it.
        workers: Images at a time, each on one thread; all cores by default.
    """

    threads = 1

    def __init__(self, path, workers=None):
        tflite_file.read(path)  # LiteRT trusts what a file says of itself.
        content = pathlib.Path(path).read_bytes()
        count = workers or os.cpu_count()
        self._workers = [_interpreter(content) for _ in range(count)]
        self._input = self._workers[0].get_input_details()[0]
        self._outputs = _named_outputs(self._workers[0])
        self.image_shape = tuple(int(n) for n in self._input["shape"][1:])

    def predict(self, images):
        """Returns outputs of real numbers by name, as the images are many.

        Args:
            images: Array `(n, height, width, channels)`, normalised unless the
                file does that.
        """
        values = tflite_numbers.quantized(images, self._input)
        parts = np.array_split(values, len(self._workers))
        with futures.ThreadPoolExecutor(len(self._workers)) as pool:
            outputs = pool.map(self._run, self._workers, parts)
            rows = list(itertools.chain.from_iterable(outputs))
        columns = zip(*rows, strict=True)
        return {
            name: _dequantize(np.stack(column), details)
            for (name, details), column in zip(
                self._outputs.items(), columns, strict=True
            )
        }

    def once(self):
        """Runs one image without a look at the result, to be timed."""
        self._workers[0].invoke()

    def _run(self, worker, values):
        rows = []
        for value in values:
            worker.set_tensor(self._input["index"], value[np.newaxis])
            worker.invoke()
            found = self._outputs.values()
            rows.append([worker.get_tensor(each["index"])[0] for each in found])
        return rows


class TensorFlowRunner:
    """Runs a function of TensorFlow on all its threads.

    Args:
        function: From images `(n, height, width, channels)` to tensors, by
            name or a single one.
        image_shape: Height, width and channels.
        dtype: Type of the images.
    """

    def __init__(self, function, image_shape, dtype="float32"):
        self._function = function
        self._dtype = dtype
        self.image_shape = tuple(image_shape)
        self._zeros = tf.zeros((1, *self.image_shape), dtype)
        count = tf.config.threading.get_intra_op_parallelism_threads()
        self.threads = count or os.cpu_count()

    def predict(self, images):
        """Returns outputs by name; see `TFLiteRunner.predict`."""
        values = np.asarray(images, self._dtype)
        outputs = self._function(tf.convert_to_tensor(values))
        if not isinstance(outputs, dict):
            outputs = {_OUTPUT: outputs}
        return {name: np.asarray(value) for name, value in outputs.items()}

    def once(self):
        """Runs one image without a look at the result, to be timed."""
        self.predict(self._zeros)


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


def _open_keras(path):
    keras_archive.check(path)
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    return keras_runner(model)


def keras_runner(model):
    """Returns the runner of a Keras model in memory."""
    image = tf.TensorSpec((None, *model.input_shape[1:]), "float32")
    function = tf.function(
        lambda images: model(images, training=False), input_signature=[image]
    )
    return TensorFlowRunner(function, model.input_shape[1:])


def _open_saved_model(path):
    saved_model_files.check(path)
    loaded = tf.saved_model.load(str(path))
    function = loaded.signatures[_SIGNATURE]
    (spec,) = function.structured_input_signature[1].values()

    def call(images):
        return function(**{spec.name: images})

    call.loaded = loaded  # Else its variables are deleted with it.
    return TensorFlowRunner(call, spec.shape[1:], spec.dtype.name)


def _named_outputs(interpreter):
    """Returns the details of each output by the name of the signature."""
    runner = interpreter.get_signature_runner(_SIGNATURE)
    return runner.get_output_details()


def _interpreter(content):
    interpreter = litert.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _dequantize(values, details):
    scale, zero_point = details["quantization"]
    if not scale:
        return values
    return (values.astype(np.float32) - zero_point) * np.float32(scale)
