"""Search spaces and architectures as plain values, without TensorFlow."""

from ednas_tf.spaces.architecture import Architecture, Choice, choose
from ednas_tf.spaces.given import Given
from ednas_tf.spaces.network import Node
from ednas_tf.spaces.operations import OPERATIONS, Operation
from ednas_tf.spaces.operators import Operator
from ednas_tf.spaces.skeleton import Block, Head, Skeleton, Stem
from ednas_tf.spaces.space import SearchSpace, Slot, with_operations

__all__ = [
    "OPERATIONS",
    "Architecture",
    "Block",
    "Choice",
    "Given",
    "Head",
    "Node",
    "Operation",
    "Operator",
    "SearchSpace",
    "Skeleton",
    "Slot",
    "Stem",
    "choose",
    "with_operations",
]
