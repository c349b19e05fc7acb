"""What belongs together in a TFLite graph: one operator, or a dilated one."""

import dataclasses
import math

from ednas_tf import errors
from ednas_tf.hardware import tflite_file

_PADDING = ("PAD", "PADV2")
# Operators that tables have no entry for: padding belongs to the window that
# follows it, the others only rename or rescale what is there.
SKIPPED = (*_PADDING, "RESHAPE", "QUANTIZE", "DEQUANTIZE")
# Computing the sizes for a reshape is not part of the network either.
_SHAPES = ("SHAPE", "STRIDED_SLICE", "PACK")
_ACTIVATIONS = {0: "none", 1: "relu", 3: "relu6"}


@dataclasses.dataclass(frozen=True)
class Part:
    """Nodes that are one operator: often one, several around a dilation.

    Attributes:
        graph: The `Graph`.
        nodes: Its nodes, in the order of the data.
        node: The one that gives it its name and weights.
        dilation: Of its window.
    """

    graph: tflite_file.Graph
    nodes: tuple
    node: tflite_file.Node
    dilation: int = 1

    def input(self, place=0):
        """Shape `(height, width, channels)` of an input."""
        index = self.nodes[0].inputs[place]
        return _image(self.graph.tensor(index).shape)

    @property
    def unpadded(self):
        """Shape `(height, width, channels)` of the input before padding."""
        index = self.nodes[0].inputs[0]
        for _ in self.graph.nodes:  # Bounded: a bad file may go in circles.
            producer = self.graph.producer(index)
            if producer is None or producer.name not in _PADDING:
                break
            index = producer.inputs[0]
        return _image(self.graph.tensor(index).shape)

    @property
    def output(self):
        """Shape `(height, width, channels)` of the output."""
        index = self.nodes[-1].outputs[0]
        return _image(self.graph.tensor(index).shape)

    @property
    def act(self):
        """Name of the fused activation."""
        options = self.nodes[-1].options
        code = getattr(options, "fusedActivationFunction", 0)
        if code not in _ACTIVATIONS:
            raise errors.UserError(
                f"Expected no activation, ReLU or ReLU6 in {self.node.name}. "
                f"Received: activation {code} of the TFLite schema"
            )
        return _ACTIVATIONS[code]

    def shape(self, place):
        """Shape of an input of the main node as the file has it."""
        return self.graph.tensor(self.node.inputs[place]).shape


def split(graph):
    """Returns the parts of a graph, in order of execution."""
    convolutions = ("CONV_2D", "DEPTHWISE_CONV_2D")
    owners = {}
    for node in graph.nodes:
        if node.name in convolutions:
            part = _dilated(graph, node)
            owners.update(dict.fromkeys(part.nodes, part))
    found = {}
    for node in graph.nodes:
        part = owners.get(node) or Part(graph, (node,), node)
        if node.name not in SKIPPED and not _is_shape(graph, node):
            found[part.node] = part
    return tuple(found.values())


def _dilated(graph, node):
    """Returns a convolution with all nodes that its dilation became."""
    dilation = getattr(node.options, "dilationHFactor", 1)
    whole = Part(graph, (node,), node, dilation)
    before = graph.producer(node.inputs[0]) if node.inputs else None
    if before is None or before.name != "SPACE_TO_BATCH_ND":
        return whole
    after = _only_consumer(graph, node)
    block = graph.integers(before.inputs[1])
    if after is None or after.name != "BATCH_TO_SPACE_ND" or not block:
        return whole
    if block != graph.integers(after.inputs[1]) or len(set(block)) != 1:
        return whole
    nodes = [before, node, after]
    for name in ("MUL", "ADD"):  # The batch norm, which nothing could fold.
        last = _only_consumer(graph, nodes[-1])
        if last is not None and _is_per_channel(graph, last, name):
            nodes.append(last)
    return Part(graph, tuple(nodes), node, dilation * block[0])


def _only_consumer(graph, node):
    if not node.outputs or getattr(node.options, "fusedActivationFunction", 0):
        return None
    consumers = graph.consumers(node.outputs[0])
    return consumers[0] if len(consumers) == 1 else None


def _is_per_channel(graph, node, name):
    """Whether a node is the product or sum with one number per channel."""
    if node.name != name or len(node.inputs) != 2:
        return False
    tensor = graph.tensor(node.inputs[1])
    channels = graph.tensor(node.inputs[0]).shape[-1]
    return tensor.data is not None and math.prod(tensor.shape) in (1, channels)


def _is_shape(graph, node):
    if node.name not in _SHAPES or not node.outputs:
        return False
    tensor = graph.tensor(node.outputs[0])
    return tensor.dtype == "INT32" and len(tensor.shape) <= 1


def _image(shape):
    """Returns `(height, width, channels)` of a tensor with batch 1."""
    if len(shape) not in (1, 2, 4) or min(shape) < 1:
        raise errors.UserError(
            f"Expected a vector or an image of known size. Received: {shape}"
        )
    if len(shape) > 1 and shape[0] != 1:
        raise errors.UserError(
            f"Expected a file exported with batch 1. Received: {shape}"
        )
    return tuple(shape[1:]) if len(shape) == 4 else (1, 1, shape[-1])
