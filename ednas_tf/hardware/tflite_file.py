"""The graph of a TFLite file as plain values, for code that counts it."""

import contextlib
import dataclasses
import functools
import math
import pathlib
import struct

from ednas_tf import errors
from ednas_tf.untrusted import bounded

_MAX_BYTES = 2_000_000_000
_MOST_PARTS = 20_000
_MOST_INTEGERS = 1000
_MOST_VALUES = 2**29
_IDENTIFIER = b"TFL3"
# What the flatbuffers package raises on offsets that lead nowhere.
_CORRUPT = (
    AttributeError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
)
# What a node without inputs, outputs or options ends in.
_MALFORMED = (
    ArithmeticError,
    AttributeError,
    IndexError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclasses.dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor.

    Attributes:
        shape: Its sizes.
        dtype: Name of its type, as `INT8`.
        data: Its bytes as a NumPy array if it is a constant, or None.
        name: What the converter called it.
    """

    shape: tuple
    dtype: str
    data: object
    name: str = ""


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """One operator of the file.

    Attributes:
        name: Name of the TFLite operator, as `CONV_2D`.
        inputs: Indices of tensors, -1 for an input that is left out.
        outputs: Indices of tensors.
        options: The options object of the schema, or None.
        custom: Name of an operator that is not part of TFLite, as `FlexErf`.
    """

    name: str
    inputs: tuple
    outputs: tuple
    options: object
    custom: str = ""


@dataclasses.dataclass(frozen=True)
class Graph:
    """The main graph of a file: tensors, and nodes in order of execution."""

    tensors: tuple
    nodes: tuple

    def tensor(self, index):
        """Returns a tensor; raises `IndexError` for an input left out."""
        if index < 0:
            raise IndexError("Expected an input, which is left out.")
        return self.tensors[index]

    def producer(self, index):
        """Returns the node that makes a tensor, or None."""
        return self._producers.get(index)

    def consumers(self, index):
        """Returns the nodes that read a tensor."""
        return self._consumers.get(index, [])

    @functools.cached_property
    def _producers(self):
        pairs = [(i, node) for node in self.nodes for i in node.outputs]
        return dict(reversed(pairs))  # The first counts.

    @functools.cached_property
    def _consumers(self):
        found = {}
        for node in self.nodes:
            for index in dict.fromkeys(node.inputs):
                found.setdefault(index, []).append(node)
        return found

    def integers(self, index):
        """Returns the values of a constant of 32-bit integers, or None."""
        tensor = self.tensor(index)
        if tensor.data is None or tensor.dtype != "INT32":
            return None
        data = tensor.data.tobytes()
        return struct.unpack(f"<{len(data) // 4}i", data)


@contextlib.contextmanager
def well_formed(path):
    """Turns what a malformed node raises into one line that names the file."""
    try:
        yield
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error
    except _MALFORMED as error:
        raise errors.UserError(
            f"{path}: an operator lacks inputs, outputs or options; export "
            "the file again."
        ) from error


def read(path):
    """Returns the `Graph` of a `.tflite` file; raises `UserError`."""
    path = pathlib.Path(path)
    try:
        data = bounded.read(path, _MAX_BYTES)
    except OSError as error:
        raise errors.UserError(
            f"{path}: cannot be read: {error.strerror}."
        ) from error
    if data[4:8] != _IDENTIFIER:
        raise errors.UserError(
            f"{path}: expected a TFLite file, received something else."
        )
    try:
        return _graph(data)
    except _CORRUPT as error:
        raise errors.UserError(
            f"{path}: the TFLite file is corrupt; export it again."
        ) from error


def _graph(data):
    # Not at the top: it takes the 0.2 s that help must not take.
    from ai_edge_litert import schema_py_generated as schema

    model = schema.Model.GetRootAs(data, 0)
    graph = model.Subgraphs(0)
    names = _names(schema.BuiltinOperator)
    types = _names(schema.TensorType)
    codes = [
        model.OperatorCodes(i)
        for i in _places(data, model.OperatorCodesLength())
    ]
    # Old files keep the code in a byte, new ones in both.
    ops = [
        (
            names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())],
            _text(code.CustomCode()),
        )
        for code in codes
    ]
    tensors = tuple(
        _tensor(model, graph.Tensors(i), types)
        for i in _places(data, graph.TensorsLength())
    )
    nodes = tuple(
        _node(schema, graph.Operators(i), ops, len(tensors))
        for i in _places(data, graph.OperatorsLength())
    )
    return Graph(tensors, nodes)


def _tensor(model, tensor, types):
    buffer = tensor.Buffer()
    if not 0 <= buffer < model.BuffersLength():
        raise IndexError(f"No buffer {buffer}.")
    data = model.Buffers(buffer).DataAsNumpy()
    shape = _integers(tensor.ShapeAsNumpy())
    if abs(math.prod(shape)) > _MOST_VALUES:
        raise IndexError(f"No memory for a tensor of {shape}.")
    return Tensor(
        shape=shape,
        dtype=types[tensor.Type()],
        data=None if isinstance(data, int) or not len(data) else data,
        name=_text(tensor.Name()),
    )


def _node(schema, operator, ops, num_tensors):
    inputs = _integers(operator.InputsAsNumpy())
    outputs = _integers(operator.OutputsAsNumpy())
    if any(not -1 <= index < num_tensors for index in inputs):
        raise IndexError(f"No tensor for one of {inputs}.")
    if any(not 0 <= index < num_tensors for index in outputs):
        raise IndexError(f"No tensor for one of {outputs}.")
    options = schema.BuiltinOptionsCreator(
        operator.BuiltinOptionsType(), operator.BuiltinOptions()
    )
    name, custom = ops[operator.OpcodeIndex()]
    return Node(name, inputs, outputs, options, custom)


def _places(data, length):
    """Returns the places of a vector, unless the file is too short for it."""
    if not 0 <= length <= min(len(data) // 4, _MOST_PARTS):
        raise IndexError(f"No room for {length} parts.")
    return range(length)


def _text(value):
    """Returns bytes as text; absent ones come as None."""
    return (value or b"").decode(errors="replace")


def _integers(values):
    """Returns a vector as ints; an absent one comes as the number 0.

    Parts of a file may share a vector, so that few bytes stand for much.
    """
    if isinstance(values, int):
        return ()
    if len(values) > _MOST_INTEGERS:
        raise IndexError(f"No operator has {len(values)} inputs.")
    return tuple(int(v) for v in values)


def _names(enumeration):
    return {
        value: name
        for name, value in vars(enumeration).items()
        if isinstance(value, int)
    }
