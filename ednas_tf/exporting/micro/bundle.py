"""The folder from which a firmware team builds the network in."""

import pathlib

from ednas_tf import errors, runs
from ednas_tf.exporting import tflite_metadata
from ednas_tf.exporting.micro import (
    c_source,
    ends,
    resolver,
    runtime,
    sources,
    test_vectors,
)
from ednas_tf.hardware import file_operators

VECTORS = "test_vectors.npz"
README = "README.md"
_DTYPES = ("int8", "uint8")
_ABOUT = "Written by ednas_tf; export again rather than edit."
_README = """\
# The network for TensorFlow Lite for Microcontrollers

| file | what it holds |
|---|---|
| `model.h` | sizes, scales and zero points, names of classes, working memory |
| `model.cc` | the TFLite file as an array, {bytes:,} bytes |
| `resolver.h` | adds the {operators} kinds of operators that the network has |
| `test_vectors.h`, `test_vectors.cc` | {vectors} inputs and the outputs \
that must come out |
| `{npz}` | the same for Python: `inputs`, and an array per output |

The program around it is yours. Its steps:

1. Compile `model.cc` (C++11 or later) with the runtime's library.
2. Declare a `MicroMutableOpResolver<ednas::kNumOperators>` and give it to
   `ednas::AddOperators`, which says whether it worked.
3. Make a `MicroInterpreter` of `tflite::GetModel(g_ednas_model)`, the resolver
   and an array of `ednas::kArenaBytes` aligned to 16; allocate its tensors.
4. Fill `input(0)` with `ednas::kInputSize` integers, made as `model.h` says;
   call `Invoke()`; read `output()` at the index that `model.h` gives.

To test the port, copy each row of `g_ednas_test_input` into the input and
compare the outputs with the same row of their arrays. They come from the
reference kernels of LiteRT, and those of the microcontroller's runtime give the
same integers. Only a sum next to a rounding border in a fully connected layer
may come out a step apart: {passed} images with such a sum were passed over, to
be taken only for want of others. Kernels made for a core may round a last digit
otherwise: then allow a step where their documentation says so.
"""


def write(folder, model_path, images, description):
    """Writes the folder.

    Args:
        folder: Folder to make, or to write into.
        model_path: The int8 `.tflite` file.
        images: Images of the test split `(n, ...)` as the float network takes
            them, some more than `test_vectors.COUNT`; the first are taken
            that serve, so that `test_vectors.spread` is their best order.
        description: Dictionary of `classes`, `normalization` and
            `preprocessing`, as in `export.json`.
    """
    content = tflite_metadata.remove(pathlib.Path(model_path).read_bytes())
    tensors = ends.read(content)
    _check(model_path, tensors, images)
    operators = resolver.read(model_path)
    vectors, passed = test_vectors.make(model_path, images)
    facts = _facts(model_path, description)
    count = len(vectors.inputs)
    values = [vectors.inputs, *(vectors.outputs[t.name] for t in tensors[1:])]
    texts = {
        "model.h": sources.model_h(_ABOUT, tensors, facts),
        "model.cc": sources.model_cc(_ABOUT, content),
        "resolver.h": sources.resolver_h(_ABOUT, operators),
        "test_vectors.h": sources.vectors_h(_ABOUT, tensors, count),
        "test_vectors.cc": sources.vectors_cc(_ABOUT, tensors, values),
        README: _README.format(
            bytes=len(content),
            operators=len(operators),
            vectors=count,
            npz=VECTORS,
            passed=passed,
        ),
    }
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        runs.write_text(folder / name, text)
    vectors.save(folder / VECTORS)


def verify(folder):
    """Runs the test vectors of a folder on the array in its `model.cc`.

    Returns:
        Dictionary with `vectors`, their number, and for `reference` and
        `tflite_micro` `bit-exact` or in words how it went.
    """
    folder = pathlib.Path(folder)
    source = (folder / "model.cc").read_text(encoding="utf-8")
    content = bytes(c_source.integers(source, sources.MODEL_ARRAY))
    vectors = test_vectors.load(folder / VECTORS)
    with runs.scratch() as place:
        path = pathlib.Path(place, "model.tflite")
        path.write_bytes(content)
        return test_vectors.replay(path, vectors)


def _check(path, tensors, images):
    """Raises `UserError` unless file and images serve."""
    other = [t.dtype for t in tensors if t.dtype not in _DTYPES]
    if other:
        raise errors.UserError(
            "Expected the int8 TFLite file for --bundle=micro. Received: "
            f"{path} with {other[0]}; add int8 to --formats."
        )
    if not len(images):
        raise errors.UserError(
            "Expected images of the test split for test vectors, received none."
        )


def _facts(model_path, description):
    """Returns the `Facts` about a file.

    Args:
        model_path: The int8 `.tflite` file.
        description: As in `write`.
    """
    numbers = description["normalization"]
    mean, std = numbers["mean"], numbers["std"]
    inside = tflite_metadata.INSIDE
    if description.get("preprocessing", tflite_metadata.OUTSIDE) == inside:
        mean, std = [0.0] * len(mean), [1.0] * len(std)
    found = runtime.check(model_path, file_operators.read(model_path))
    return sources.Facts(
        classes=tuple(description["classes"]),
        mean=tuple(mean),
        std=tuple(std),
        arena_bytes=found.get("arena_bytes"),
    )
