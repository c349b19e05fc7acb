"""Runs a file in TensorFlow Lite for Microcontrollers, in a process alone.

Started by `micro` with the path of this file: what crashes here crashes
nothing else, and what the runtime prints can be read. It imports nothing of
this package, because that would load TensorFlow.
"""

import sys
import time

import numpy as np

REFUSED = 3
_ARENA_BYTES = 256 * 2**20  # Untouched pages of it cost nothing.
_SECONDS = 30.0


def main(model, images, outputs, tensor):
    """Writes what the runtime gives for images, and prints its allocations.

    Returns `REFUSED` where the runtime does not take the file.

    Args:
        model: Path of the `.tflite` file.
        images: Path of a `.npy` file of shape `(n, 1, height, width,
            channels)`, in the type of the model's input.
        outputs: Path of the `.npz` file to write: `outputs` and `inner`, each
            of shape `(m, values)`, `m` images having fitted into the time.
        tensor: Index of the tensor to keep as `inner`, in decimal digits.
    """
    try:
        rows, inner = _run(model, np.load(images), int(tensor))
    except RuntimeError as error:  # What the runtime says of a file.
        print(error)
        return REFUSED
    np.savez(outputs, outputs=np.stack(rows), inner=np.stack(inner))
    return 0


def _run(model, images, tensor):
    """Returns for each image the output and the tensor before the softmax."""
    from tflite_micro import runtime  # An extra, not installed everywhere.

    configs = runtime.InterpreterConfig
    load = runtime.Interpreter.from_file
    given = {"arena_size": _ARENA_BYTES}
    recording = load(
        model, **given, intrepreter_config=configs.kAllocationRecording
    )
    recording.print_allocations()
    keeping = load(
        model, **given, intrepreter_config=configs.kPreserveAllTensors
    )
    end, rows, inner = time.monotonic() + _SECONDS, [], []
    for image in images:
        keeping.set_input(image, 0)
        keeping.invoke()
        rows.append(np.ravel(keeping.get_output(0)))
        inner.append(np.ravel(keeping.GetTensor(tensor, 0)["tensor_data"]))
        if time.monotonic() > end:
            break
    return rows, inner


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
