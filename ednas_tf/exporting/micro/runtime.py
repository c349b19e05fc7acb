"""The check for microcontrollers: load, run, arena size, same answers."""

import pathlib
import re

import numpy as np
from ai_edge_litert import interpreter as litert

from ednas_tf import runs
from ednas_tf.exporting import foreign
from ednas_tf.exporting.micro import worker
from ednas_tf.hardware import tflite_file, tflite_numbers

_WORKER = pathlib.Path(worker.__file__)
_ARENA = re.compile(r"Arena allocation total (\d+) bytes")
_MISSING = re.compile(r"Didn't find op for builtin opcode '(\w+)'")
_SECONDS = 300
_NUM_IMAGES = 4
# Reference kernels of two runtimes may round a last digit differently.
_STEPS = 1
_NOTE = (
    "arena as on this 64-bit machine; its tail of structures is smaller on a "
    "32-bit one"
)


def check(path, operators, images=None):
    """Loads and runs a file in the `tflite_micro` package.

    Args:
        path: The `.tflite` file.
        operators: What `file_operators.read` returned for it.
        images: Normalised float32 images `(n, height, width, channels)`, of
            which the first few are run; noise by default.

    Returns:
        Dictionary with `checked`, `note`, `offences`, and after a run
        `arena_bytes`, `images`, `agreement` (share of images with the same
        arg-max as LiteRT's reference kernels) and `largest_difference`
        before the softmax, in integer steps.
    """
    if not foreign.is_installed("tflite_micro"):
        return foreign.unchecked("pip install tflite-micro")
    tensor = _before_softmax(path)
    reference = Reference(path, tensor)
    values = reference.inputs(images)
    done, found = _run(path, values, tensor)
    arena = _ARENA.search(done.text)
    if done.code == worker.REFUSED or (done.code or 0) < 0:
        return {
            "checked": True,
            "note": "the runtime does not run the file",
            "offences": _refusals(done, operators),
        }
    if done.code != 0 or arena is None:
        return foreign.unchecked(done.reason)
    return {
        "checked": True,
        "note": _NOTE,
        "arena_bytes": int(arena.group(1)),
        **_compare(found, [reference.run(value) for value in values]),
    }


class Reference:
    """LiteRT's reference kernels, which microcontrollers' come from."""

    def __init__(self, path, tensor):
        self._runner = litert.Interpreter(
            model_path=str(path),
            experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
            num_threads=1,
        )
        self._runner.allocate_tensors()
        self._input = self._runner.get_input_details()[0]
        self._output = self._runner.get_output_details()[0]["index"]
        self._tensor = tensor

    def inputs(self, images):
        """Returns images as the file takes them, `(n, 1, ...)`."""
        shape = self._input["shape"]
        if images is None:
            noise = np.random.default_rng(0).normal(size=(_NUM_IMAGES, *shape))
            images = noise.astype(np.float32)
        return integers(images[:_NUM_IMAGES], self._input)

    def run(self, value):
        """Returns the output and what comes before the softmax, flat."""
        self._runner.set_tensor(self._input["index"], value)
        self._runner.invoke()
        return tuple(
            np.ravel(self._runner.get_tensor(index))
            for index in (self._output, self._tensor)
        )


def integers(images, details):
    """Returns images as a file takes them, `(n, 1, ...)`.

    Args:
        images: Images `(n, ...)` as the float network takes them.
        details: What LiteRT's interpreter tells of the file's input.
    """
    images = np.asarray(images, np.float32).reshape(-1, *details["shape"])
    return tflite_numbers.quantized(images, details)


def _run(path, values, tensor):
    """Returns how the worker ended, and its pairs of output and inner."""
    with runs.scratch() as folder:
        images = pathlib.Path(folder, "images.npy")
        outputs = pathlib.Path(folder, "outputs.npz")
        np.save(images, values)
        arguments = (_WORKER, path, images, outputs, tensor)
        done = foreign.run(arguments, _SECONDS)
        if done.code != 0:
            return done, []
        with np.load(outputs) as found:
            pairs = zip(found["outputs"], found["inner"], strict=True)
            return done, list(pairs)


def _before_softmax(path):
    """Returns the index of what the last softmax reads, or of the output."""
    last = tflite_file.read(path).nodes[-1]
    return last.inputs[0] if last.name == "SOFTMAX" else last.outputs[0]


def _compare(found, expected):
    """Returns how far the answers agree, and an offence if they do not."""
    same, furthest, wrong = [], 0.0, 0
    for (output, inner), (right, reference) in zip(
        found, expected, strict=False
    ):
        chosen, best = int(np.argmax(output)), int(np.argmax(right))
        same.append(chosen == best)
        apart = np.abs(inner.astype(float) - reference.astype(float))
        furthest = max(furthest, float(np.max(apart)))
        # Classes within a rounding step of each other may swap.
        wrong += float(right[best]) - float(right[chosen]) > _STEPS
    offences = [_disagreement(wrong, len(same))] if wrong else []
    return {
        "images": len(same),
        "agreement": float(np.mean(same)),
        "largest_difference": furthest,
        "offences": offences,
    }


def _refusals(done, operators):
    """Returns an offence for each operator that the runtime lacks.

    It stops at the first kind of operator, so others may follow.
    """
    missing = _MISSING.search(done.text)
    name = missing.group(1) if missing else None
    labels = [o.label for o in operators if o.name == name]
    reason = f"The runtime lacks {name}." if labels else done.reason
    return [
        {
            "operator": label,
            "reason": reason,
            "way_out": "Use layers whose operators TensorFlow Lite for "
            "Microcontrollers has, or another --target.",
        }
        for label in labels or ["the whole file"]
    ]


def _disagreement(wrong, count):
    return {
        "operator": "the whole file",
        "reason": f"It answers otherwise than LiteRT on {wrong} of {count} "
        "images.",
        "way_out": "Report the file: kernels of the two runtimes differ.",
    }
