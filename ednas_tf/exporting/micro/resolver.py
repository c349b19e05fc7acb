"""What TensorFlow Lite for Microcontrollers calls the operators of a file."""

import re

from ednas_tf import errors
from ednas_tf.hardware import tflite_file

# Built-in operators for which `MicroMutableOpResolver` has a method, in 2026.
_NAMES = """
ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL
BATCH_TO_SPACE_ND BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL
CONCATENATION CONV_2D COS CUMSUM DEPTHWISE_CONV_2D DEPTH_TO_SPACE
DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP EQUAL EXP
EXPAND_DIMS FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER
GATHER_ND GREATER GREATER_EQUAL HARD_SWISH IF L2_NORMALIZATION L2_POOL_2D
LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC
LOG_SOFTMAX MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL
PACK PAD PADV2 PRELU QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX
REDUCE_MIN RELU RELU6 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR
REVERSE_V2 ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX SPACE_TO_BATCH_ND
SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE
STRIDED_SLICE SUB SUM SVDF TANH TRANSPOSE TRANSPOSE_CONV
UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK VAR_HANDLE WHILE ZEROS_LIKE
"""
SUPPORTED = frozenset(_NAMES.split())
# Words that are not simply capitalised.
_SPELLINGS = {
    "2D": "2D",
    "CUMSUM": "CumSum",
    "LSTM": "LSTM",
    "MATMUL": "MatMul",
    "PADV2": "PadV2",
}


def read(path):
    """Returns the sorted names of the operators of a `.tflite` file.

    Raises:
        UserError: If the runtime has no method for one of them.
    """
    nodes = tflite_file.read(path).nodes
    names = {node.custom or node.name for node in nodes}
    unknown = sorted(names - SUPPORTED)
    if unknown:
        raise errors.UserError(
            "Expected operators that TensorFlow Lite for Microcontrollers "
            f"has. Received: {', '.join(unknown)} in {path}; export without "
            "--bundle=micro."
        )
    return sorted(names)


def method(name):
    """Returns the method of the resolver that adds an operator.

    Args:
        name: As `CONV_2D`, which `AddConv2D` adds.
    """
    words = re.split("_", name)
    return "Add" + "".join(_SPELLINGS.get(w, w.capitalize()) for w in words)
