"""Inputs and outputs of a file as the runtime for microcontrollers has them."""

import dataclasses
import math

from ednas_tf.exporting import tflite
from ednas_tf.exporting.micro import c_source

INPUT = "Input"


@dataclasses.dataclass(frozen=True)
class Tensor:
    """An input or output of an integer file.

    Attributes:
        name: Its name in the signature.
        word: Its name in C++, as `Probabilities`.
        place: Its place among the inputs or outputs of the interpreter.
        shape: Its sizes.
        dtype: Name of its type, as `int8`.
        scale, zero_point: `real = scale * (integer - zero_point)`.
    """

    name: str
    word: str
    place: int
    shape: tuple
    dtype: str
    scale: float
    zero_point: int

    @property
    def size(self):
        """Number of integers."""
        return math.prod(self.shape)


def read(content):
    """Returns the `Tensor` values of a file: the input, then the outputs.

    Args:
        content: Bytes of a TFLite file.
    """
    signature = tflite.signature(content)
    (given,) = signature["inputs"]
    found = [_tensor(given, INPUT, 0)]
    for place, entry in enumerate(signature["outputs"]):
        word = _word(entry["name"], [tensor.word for tensor in found])
        found.append(_tensor(entry, word, place))
    return found


def _tensor(entry, word, place):
    """Returns a `Tensor` of what the signature tells of it."""
    return Tensor(
        name=entry["name"],
        word=word,
        place=place,
        shape=tuple(entry["shape"]),
        dtype=entry["dtype"],
        scale=entry.get("scale", 1.0),
        zero_point=entry.get("zero_point", 0),
    )


def _word(name, taken):
    """Returns a name in C++ that differs from others in any case."""
    word = c_source.identifier(name)
    others = {other.lower() for other in taken}
    while word.lower() in others:
        word += "Too"
    return word
