"""Test vectors of an integer network: inputs, and the outputs to expect."""

import dataclasses
import pathlib

import numpy as np
from ai_edge_litert import interpreter as litert

from ednas_tf import runs
from ednas_tf.exporting import foreign, saved_model
from ednas_tf.exporting.micro import runtime, worker
from ednas_tf.hardware import tflite_file

COUNT = 10
_INPUTS = "inputs"
_WORKER = pathlib.Path(worker.__file__)
_EXACT = "bit-exact"
_SECONDS = 300


@dataclasses.dataclass(frozen=True, eq=False)
class Vectors:
    """Inputs, and what LiteRT's reference kernels give for them.

    Attributes:
        inputs: Integers of shape `(n, 1, ...)`, as the file takes them.
        outputs: By name of the output, integers of shape `(n, 1, ...)`.
    """

    inputs: np.ndarray
    outputs: dict

    def save(self, path):
        """Writes a `.npz` file with the arrays `inputs` and the outputs'."""
        np.savez_compressed(path, **{_INPUTS: self.inputs}, **self.outputs)


def load(path):
    """Returns the `Vectors` of a file that `save` wrote."""
    with np.load(path) as found:
        outputs = {name: found[name] for name in found if name != _INPUTS}
        return Vectors(found[_INPUTS], outputs)


def spread(labels):
    """Returns places of examples, so that the first differ in their class.

    Args:
        labels: `Examples.labels` of any task. Of several classes the first
            counts.
    """
    labels = np.asarray(labels)
    if labels.ndim == 3:
        labels = labels[:, 0, 0]
    elif labels.ndim == 2:
        labels = np.argmax(labels, axis=1)
    turns = np.zeros(len(labels), int)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        turns[places] = np.arange(len(places))
    return np.lexsort((labels, turns))


def make(path, images, count=COUNT):
    """Runs the first images whose answer any rounding leaves as it is.

    LiteRT's fully connected layer rounds a sum once; that of TensorFlow Lite
    for Microcontrollers rounds it to more bits first, as gemmlowp does. All
    other operators agree. An image on which the two could differ tests the
    rounding and not the port, so it is taken only where there are no others.

    Args:
        path: The integer `.tflite` file.
        images: Images `(n, ...)` as the float network takes them.
        count: How many to take; fewer where there are fewer.

    Returns:
        The `Vectors`, and the number of images that were passed over.
    """
    reference = _Reference(path)
    taken, others = [], []
    for image in images:
        pair = reference.run(reference.integers(image))
        (others if reference.is_near_tie() else taken).append(pair)
        if len(taken) == count:
            break
    passed = len(others)
    pairs = (taken + others)[:count]
    outputs = {
        name: np.stack([found[name] for _, found in pairs])
        for name in reference.names
    }
    return Vectors(np.stack([value for value, _ in pairs]), outputs), passed


def is_near_tie(sums, factors):
    """Whether rounding once or twice may give different integers.

    The first of two roundings keeps so many bits that what it is off by is
    worth less than one of the sum.

    Args:
        sums: Integers of shape `(..., n)`, sums with biases.
        factors: What makes outputs of them, less than one; one or `n`.
    """
    apart = np.abs(np.abs(sums * factors) % 1 - 0.5)
    return bool(np.any(apart <= factors))


def replay(path, vectors):
    """Runs vectors in the runtimes that are here.

    Args:
        path: The integer `.tflite` file.
        vectors: The `Vectors`.

    Returns:
        Dictionary with `vectors`, their number, and for `reference` and
        `tflite_micro` `bit-exact` or in words how it went.
    """
    reference = _Reference(path)
    found = [reference.run(value)[1] for value in vectors.inputs]
    rows = {name: np.stack([f[name] for f in found]) for name in found[0]}
    return {
        "vectors": len(vectors.inputs),
        "reference": _verdict(rows, vectors),
        "tflite_micro": _check_micro(path, vectors, reference.names),
    }


class _Reference:
    """LiteRT's reference kernels, with all outputs by their names."""

    def __init__(self, path):
        runner = litert.Interpreter(
            model_path=str(path),
            experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
            num_threads=1,
        )
        runner.allocate_tensors()
        self._runner = runner
        self._details = {d["index"]: d for d in runner.get_tensor_details()}
        self._input = runner.get_input_details()[0]
        parts = runner.get_signature_runner(saved_model.SIGNATURE)
        details = parts.get_output_details()
        self.names = {name: details[name]["index"] for name in details}
        self._dense = [
            node
            for node in tflite_file.read(path).nodes
            if node.name == "FULLY_CONNECTED"
        ]

    def integers(self, image):
        """Returns an image as the file takes it, of shape `(1, ...)`."""
        return runtime.integers(image, self._input)[0]

    def run(self, value):
        """Returns the input and the outputs by name."""
        self._runner.set_tensor(self._input["index"], value)
        self._runner.invoke()
        get = self._runner.get_tensor
        return value, {name: get(index) for name, index in self.names.items()}

    def is_near_tie(self):
        """Whether a fully connected layer rounds a sum next to a tie."""
        return any(self._near_tie(node) for node in self._dense)

    def _near_tie(self, node):
        source, kernel, *biases = (i for i in node.inputs if i >= 0)
        weights = self._centred(kernel)
        sums = self._centred(source).reshape(-1, weights.shape[1]) @ weights.T
        sums = sums + sum(self._centred(bias) for bias in biases)
        scale = self._scales(source) / self._scales(node.outputs[0])
        return is_near_tie(sums, scale * self._scales(kernel))

    def _centred(self, index):
        """Returns the integers of a tensor, less its zero point."""
        values = self._runner.get_tensor(index).astype(np.int64)
        return values - self._details[index]["quantization"][1]

    def _scales(self, index):
        """Returns the scales of a tensor, one or one per row."""
        given = self._details[index]["quantization_parameters"]
        return given["scales"].astype(np.float64)


def _check_micro(path, vectors, names):
    """Returns how the vectors went in the `tflite_micro` package."""
    if not foreign.is_installed("tflite_micro"):
        return "not installed"
    rows = {}
    for name, index in names.items():
        code, found = _run_micro(path, vectors.inputs, index)
        if code:
            return code
        rows[name] = found.reshape(-1, *vectors.outputs[name].shape[1:])
    return _verdict(rows, vectors)


def _run_micro(path, inputs, index):
    """Returns why the runtime failed or None, and rows of one tensor."""
    with runs.scratch() as folder:
        given = pathlib.Path(folder, "inputs.npy")
        results = pathlib.Path(folder, "outputs.npz")
        np.save(given, inputs)
        done = foreign.run((_WORKER, path, given, results, index), _SECONDS)
        if done.code != 0:
            return f"not run: {done.reason}", None
        with np.load(results) as found:
            return None, found["inner"]


def _verdict(rows, vectors):
    """Returns in words whether rows, perhaps fewer, are what was expected.

    Args:
        rows: By name of the output, integers of the first inputs.
        vectors: The `Vectors`.
    """
    wanted = vectors.outputs
    count = min(len(found) for found in rows.values())
    apart = np.zeros(count, int)
    for name, found in rows.items():
        steps = found[:count].astype(int) - wanted[name][:count]
        furthest = np.abs(steps).reshape(count, -1).max(axis=1)
        apart = np.maximum(apart, furthest)
    wrong = int(np.sum(apart > 0))
    ran = "" if count == len(vectors.inputs) else f" on the first {count}"
    if not wrong:
        return _EXACT + ran
    return f"{wrong} differ{ran}, by at most {apart.max()} steps"
