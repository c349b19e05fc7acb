"""Shows how well a measured table predicts whole networks on this host.

Measures the operators of a space, exports random networks of it, times them
whole, and compares the sums of the table, and MACs, with what was measured.

Examples:
  python tools/predict_latency.py
  python tools/predict_latency.py --operations=dw3,dw5,dw7,dw11 --threads=2
"""

import dataclasses
import os
import pathlib
import sys
import time

from absl import app, flags, logging

# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from ednas_tf import errors, hardware, runs, spaces
from ednas_tf.spaces import presets

_SPACE = flags.DEFINE_string("space", "tiny", "Search space.")
_OPERATIONS = flags.DEFINE_list(
    "operations", ["dw3", "dw5", "dw7"], "Candidates of every slot."
)
_STEM_KERNEL = flags.DEFINE_integer("stem_kernel", 11, "Side of the stem's.")
_IMAGE_SIZE = flags.DEFINE_integer("image_size", 32, "Side of the images.")
_CLASSES = flags.DEFINE_integer("num_classes", 10, "Outputs.")
_COUNT = flags.DEFINE_integer("count", 30, "Random networks.", lower_bound=3)
_SEED = flags.DEFINE_integer("seed", 0, "Seed of the networks' choice.")
_DTYPES = flags.DEFINE_list("dtypes", ["float32", "int8"], "Types of files.")
_THREADS = flags.DEFINE_integer("threads", 1, "Threads.", lower_bound=1)
_XNNPACK = flags.DEFINE_bool("xnnpack", True, "XNNPACK or built-in kernels.")
_SECONDS = flags.DEFINE_float("seconds", 0.5, "Time for each file.")
_OUTPUT = flags.DEFINE_string(
    "output", "prediction", "Files to write, without .json and .png."
)


def main(argv):
    """Measures, compares, prints and writes; returns the exit code."""
    try:
        if len(argv) > 1:
            raise errors.UserError(f"Expected flags only. Received: {argv[1:]}")
        _run()
    except errors.UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run():
    space = _space()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Not at the top: help and flag errors answer without TensorFlow.
    from ednas_tf.measuring import host, prediction

    logging.set_verbosity(logging.WARNING)
    chosen = prediction.sample(space, _COUNT.value, _SEED.value)
    compared, found = [], []
    for dtype in _DTYPES.value:
        options = host.Options(
            dtype, _THREADS.value, _XNNPACK.value, _SECONDS.value
        )
        start = time.monotonic()
        table = host.measure(hardware.table.space_operators(space), options)
        seconds = round(time.monotonic() - start, 1)
        compared.append(prediction.compare(chosen, table, options))
        found.append(_values(table, seconds, compared[-1]))
        print(_line(found[-1]), flush=True)
    prediction.write_figure(compared, f"{_OUTPUT.value}.png")
    runs.write_text(f"{_OUTPUT.value}.json", runs.to_json(found))


def _values(table, seconds, comparison):
    return {
        "device": dataclasses.asdict(table.target),
        "tool": dataclasses.asdict(table.tool),
        "operators": len(table.entries),
        "seconds": seconds,
        **comparison.to_dict(),
    }


def _line(values):
    scores = [
        f"{name}: Spearman {score['spearman']:.3f}, mean error "
        f"{score['error']:.1%}"
        for name, score in values["scores"].items()
    ]
    return (
        f"{values['dtype']}: {values['operators']} operators in "
        f"{values['seconds']} s; {'; '.join(scores)}"
    )


def _space():
    shape = (_IMAGE_SIZE.value, _IMAGE_SIZE.value, 3)
    skeleton = presets.build(
        _SPACE.value,
        shape,
        _CLASSES.value,
        stem_kernel=_STEM_KERNEL.value,
    )
    return spaces.with_operations(skeleton, _OPERATIONS.value)


if __name__ == "__main__":
    app.run(main)
