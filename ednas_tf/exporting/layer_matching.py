"""Which layer of one TFLite file is which of another of the same network."""

import collections
import dataclasses
import difflib
import pathlib

from ai_edge_litert import interpreter as litert

from ednas_tf import runs
from ednas_tf.exporting import saved_model
from ednas_tf.hardware import tflite_file

INPUT = "INPUT"
"""Stands for the name of the operator that makes the input."""
# Files differ in these alone by the type of numbers that they hold.
_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE", "CAST")
_WEIGHTED = (
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "TRANSPOSE_CONV",
)
_RETRACED = "_1"


@dataclasses.dataclass(frozen=True)
class FileLayer:
    """One layer of a file.

    Attributes:
        name: Name of its output: the one in the signature, else the one of
            the tensor.
        operator: Name of the TFLite operator, as `CONV_2D`.
        shape: Shape of its output.
        tensor: Index of its output.
        weights: Index of its weights, or None.
    """

    name: str
    operator: str
    shape: tuple
    tensor: int
    weights: int | None = None

    @property
    def label(self):
        """Name of the Keras layer, where the converter keeps it."""
        first, *_ = self.name.split(";")
        scope, *names = first.split("/")
        if len(names) < 2:  # No scope, a layer and an operation.
            return scope
        label = names[0]
        # Export traces a network once more: all its names end so then.
        again = scope.endswith(_RETRACED) and label.endswith(_RETRACED)
        return label.removesuffix(_RETRACED) if again else label


def open_file(content):
    """Returns an interpreter that keeps what each layer gives.

    It has no delegate, which would hide what flows between its layers.

    Args:
        content: Bytes of a TFLite file.
    """
    kernels = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    runner = litert.Interpreter(
        model_content=content,
        num_threads=1,
        experimental_op_resolver_type=kernels,
        experimental_preserve_all_tensors=True,
    )
    runner.allocate_tensors()
    return runner


def read(content, runner):
    """Returns the input and every `FileLayer` of a file, as they are run.

    Args:
        content: Bytes of the file.
        runner: What `open_file` returned for it.
    """
    with runs.scratch() as folder:
        path = pathlib.Path(folder, "model.tflite")
        path.write_bytes(content)
        graph = tflite_file.read(path)
    parts = runner.get_signature_runner(saved_model.SIGNATURE)
    names = {d["index"]: name for name, d in parts.get_output_details().items()}
    ((name, image),) = parts.get_input_details().items()
    shape = tuple(image["shape"].tolist())
    found = [FileLayer(name, INPUT, shape, image["index"])]
    for node in graph.nodes:
        if node.name in _CONVERSIONS and not set(node.outputs) & set(names):
            continue
        weights = node.inputs[1] if node.name in _WEIGHTED else None
        for index in node.outputs:
            tensor = graph.tensor(index)
            name = names.get(index, tensor.name)
            about = (tensor.shape, index, weights)
            found.append(FileLayer(name, node.name, *about))
    return found


def match(first, second):
    """Pairs the layers of two files.

    Layers of the same name belong together, and of the others those of the
    same operator and shape, as far as their order is the same.

    Args:
        first: What `read` returned for a file.
        second: What it returned for another.

    Returns:
        List of pairs, in the order of `first`.
    """
    pairs = dict(_of_one_name(first, second))
    taken = set(pairs.values())
    rest = [layer for layer in first if layer not in pairs]
    others = [layer for layer in second if layer not in taken]
    matcher = difflib.SequenceMatcher(
        None, [_kind(x) for x in rest], [_kind(x) for x in others], False
    )
    for start, other, size in matcher.get_matching_blocks():
        places = range(size)
        pairs |= {rest[start + i]: others[other + i] for i in places}
    return [(layer, pairs[layer]) for layer in first if layer in pairs]


def _of_one_name(first, second):
    """Yields pairs of layers whose name is found once in each file."""
    counts = [collections.Counter(x.name for x in z) for z in (first, second)]
    named = {layer.name: layer for layer in second}
    for layer in first:
        if all(count[layer.name] == 1 for count in counts):
            other = named[layer.name]
            if other.shape == layer.shape:
                yield layer, other


def _kind(layer):
    return layer.operator, layer.shape
