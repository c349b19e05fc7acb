"""How large a network may be: files name numbers that no memory holds."""

from ednas_tf import errors
from ednas_tf.spaces import network

MOST_NODES = 4096
_MOST_WEIGHTS = 2**29
_MOST_VALUES = 2**28
_LARGEST_WINDOW = 11 * 11  # Of the operations that a slot may become.


def check_count(count, what):
    """Raises `UserError` for more parts than any network has."""
    if count > MOST_NODES:
        raise errors.UserError(
            f"Expected at most {MOST_NODES} {what}. Received: {count}"
        )


def check(nodes, input_shape):
    """Raises `UserError` for a network that fills the memory.

    Args:
        nodes: `Node` values.
        input_shape: Shape of the image.
    """
    check_count(len(nodes), "nodes")
    found = network.shapes(nodes, input_shape)
    weights = 0
    for node in nodes:
        height, width, channels = found[node.name]
        if height * width * channels > _MOST_VALUES:
            raise errors.UserError(
                f"Expected at most {_MOST_VALUES:,} values in {node.name}. "
                f"Received: {height}x{width}x{channels}"
            )
        weights += _weights(node, found)
    if weights > _MOST_WEIGHTS:
        raise errors.UserError(
            f"Expected at most {_MOST_WEIGHTS:,} weights in a network. "
            f"Received: {weights:,}"
        )


def _weights(node, found):
    """Returns the weights of a node, of a slot with the largest window."""
    channels = found[node.name][-1]
    if node.kind == "slot":
        return channels * _LARGEST_WINDOW
    if node.kind == "depthwise":
        return channels * node.kernel[0] * node.kernel[1]
    if node.kind in ("conv", "dense"):
        inputs = found[node.inputs[0]][-1]
        return inputs * channels * node.kernel[0] * node.kernel[1]
    return 0
