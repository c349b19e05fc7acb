"""Where an int8 file rounds: behind which layers of a network."""

import collections

from ednas_tf.exporting.optimization.rebuilding import KERNELS, NORM

# They pass integers on with the scale that they have, or with a fixed one.
_UNSCALED = (
    "Activation",
    "Dropout",
    "MaxPooling2D",
    "Reshape",
    "Softmax",
    "ZeroPadding2D",
)
_MOVING = ("Dropout", "Reshape")


def names(steps):
    """Returns the names of the layers whose output gets a scale of its own.

    A convolution, its batch norm and its ReLU become one operator, so that
    only the last of them rounds; likewise a sum and its ReLU. What is joined
    with others has the scale of all.

    Args:
        steps: `rebuilding.Step` values of the network.
    """
    readers = collections.defaultdict(list)
    for step in steps:
        for name in step.inputs:
            readers[name].append(step)
    return {step.name for step in steps if _rounds(step, readers)}


def _rounds(step, readers):
    if step.kind in _UNSCALED or _is_joined(step, readers):
        return False
    following = {reader.kind for reader in readers[step.name]}
    if step.kind in KERNELS and following == {NORM}:
        return False
    return following != {"ReLU"}


def _is_joined(step, readers):
    """Whether nothing reads a layer but concatenations."""
    following = readers[step.name]
    return bool(following) and all(
        reader.kind == "Concatenate"
        or (reader.kind in _MOVING and _is_joined(reader, readers))
        for reader in following
    )
