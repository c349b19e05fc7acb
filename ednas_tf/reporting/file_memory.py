"""Weights and biases, as counted in an exported file."""

from ednas_tf.hardware import tflite_file

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MUL", "ADD")


def count(path):
    """Returns the bytes of all weights and biases of a TFLite file.

    Shapes, axes and paddings are constants too, and are not counted.

    Args:
        path: The file.
    """
    graph = tflite_file.read(path)
    with tflite_file.well_formed(path):
        places = {
            place
            for node in graph.nodes
            if node.name in _WEIGHTED
            for place in node.inputs
            if place >= 0
        }
        constants = [graph.tensor(place).data for place in places]
    return sum(len(data) for data in constants if data is not None)
