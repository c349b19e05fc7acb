"""A small space, and a writer of TFLite files made by hand."""

import pathlib

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from ednas_tf import spaces
from ednas_tf.hardware import targets

_REFERENCE = (
    pathlib.Path(__file__).parents[2] / "../shared/reference/mlperf_tiny"
)


@pytest.fixture
def tda2():
    return targets.load("tda2")


@pytest.fixture
def space():
    """Two slots of dw3, dw7, max3: strides 2 and 1, residual in the second."""
    skeleton = spaces.Skeleton(
        name="test",
        input_shape=(8, 8, 3),
        num_classes=10,
        stem=spaces.Stem(kernel=3, channels=4, depth_multiplier=2),
        blocks=(
            spaces.Block("first", channels=4, stride=2, activation=True),
            spaces.Block("second", channels=4),
        ),
        head=spaces.Head(),
    )
    return spaces.with_operations(skeleton, ("dw3", "dw7", "max3"))


@pytest.fixture
def reference():
    """Returns a function from the name of a reference model to its path."""

    def path(name):
        found = _REFERENCE / name
        if not found.exists():
            pytest.skip(f"The reference model {found} is not here.")
        return found

    return path


class TfliteWriter:
    """Collects tensors and operators, then writes them as a file."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, *shape, data=None, dtype="FLOAT32"):
        """Adds a tensor, constant if it has data, and returns its index."""
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = getattr(schema.TensorType, dtype)
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.asarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def integers(self, *values):
        """Adds a constant vector of 32-bit integers."""
        data = np.array(values, "<i4")
        return self.tensor(len(values), data=data, dtype="INT32")

    def weights(self, *shape):
        """Adds a constant of ones."""
        return self.tensor(*shape, data=np.ones(shape, np.float32))

    def node(self, name, inputs, shape, kind=None, **options):
        """Adds an operator with one output and returns the output's index."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = list(inputs)
        operator.outputs = [self.tensor(*shape)]
        if kind:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            operator.builtinOptions = getattr(schema, f"{kind}T")()
            for option, value in options.items():
                setattr(operator.builtinOptions, option, value)
        self.graph.operators.append(operator)
        return operator.outputs[0]

    def depthwise(self, source, shape, taps=3, **options):
        """Adds a depthwise convolution with biases."""
        weights = self.weights(1, taps, taps, shape[-1])
        options = {"strideH": 1, "strideW": 1, "depthMultiplier": 1, **options}
        return self.node(
            "DEPTHWISE_CONV_2D",
            (source, weights, self.weights(shape[-1])),
            shape,
            "DepthwiseConv2DOptions",
            **options,
        )

    def convolution(self, source, taps, columns, shape, **options):
        """Adds a convolution of windows `taps` with biases."""
        weights = self.weights(shape[-1], *taps, columns)
        return self.node(
            "CONV_2D",
            (source, weights, self.weights(shape[-1])),
            shape,
            "Conv2DOptions",
            **{"strideH": 1, "strideW": 1, **options},
        )

    def write(self, path):
        """Writes the file and returns its path."""
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))
        return path


@pytest.fixture
def writer():
    return TfliteWriter()
