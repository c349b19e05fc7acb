"""Search spaces and architectures as plain values, without TensorFlow."""

from ednas_tf.spaces.architecture import Architecture, Choice, choose
from ednas_tf.spaces.operations import OPERATIONS, Operation
from ednas_tf.spaces.operators import Operator
from ednas_tf.spaces.skeleton import Block, Head, Skeleton, Stem
from ednas_tf.spaces.space import SearchSpace, Slot, with_operations

__all__ = [
    "OPERATIONS",
    "Architecture",
    "Block",
    "Choice",
    "Head",
    "Operation",
    "Operator",
    "SearchSpace",
    "Skeleton",
    "Slot",
    "Stem",
    "choose",
    "with_operations",
]
