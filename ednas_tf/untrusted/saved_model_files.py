"""SavedModels that come from elsewhere: arithmetic, and no other programs.

A SavedModel is a program of TensorFlow, which can read and write any file.
"""

import pathlib

from ednas_tf import errors

_PROGRAM = "saved_model.pb"
_MOST_PROGRAM_BYTES = 500_000_000
_MOST_BYTES = 8_000_000_000
_MOST_FILES = 1000
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_ARITHMETIC = """
Abs Add AddN AddV2 All Any ArgMax AvgPool BatchMatMulV2 BatchToSpaceND BiasAdd
BroadcastTo Cast Ceil Concat ConcatV2 Const Conv2D DepthToSpace
DepthwiseConv2dNative Div DivNoNan Elu EnsureShape Equal Exp ExpandDims Fill
Floor FloorDiv FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 GatherV2 Greater
GreaterEqual Identity IdentityN LeakyRelu Less LessEqual Log LogSoftmax MatMul
Max MaxPool Maximum Mean Min Minimum MirrorPad Mul Neg NoOp NotEqual Pack Pad
PadV2 Placeholder Pow PreventGradient Prod Range Rank ReadVariableOp RealDiv
Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseV2
Round Rsqrt Select SelectV2 Selu Shape Sigmoid Sign Size Slice Softmax Softplus
SpaceToBatchND SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze
StopGradient StridedSlice Sub Sum Tanh Tile Transpose Unpack ZerosLike
"""
_OPERATIONS = {*_ARITHMETIC.split(), *_CALLS}
_OBJECTS = (
    "bare_concrete_function",
    "constant",
    "function",
    "user_object",
    "variable",
)


def check(folder):
    """Raises `UserError` unless what a SavedModel can run is arithmetic.

    Args:
        folder: Folder of the SavedModel.
    """
    folder = pathlib.Path(folder)
    _check_files(folder)
    # Not at the top: they bring TensorFlow.
    from google.protobuf import message
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel()
    try:
        model.ParseFromString((folder / _PROGRAM).read_bytes())
    except (OSError, message.DecodeError) as error:
        raise errors.UserError(
            f"Expected a SavedModel in {folder}: {errors.first_line(error)}"
        ) from error
    if len(model.meta_graphs) != 1:
        raise errors.UserError(
            f"Expected one graph in {folder}. Received: "
            f"{len(model.meta_graphs)}"
        )
    _check_graph(model.meta_graphs[0])


def _check_files(folder):
    """Raises `UserError` for links, strange files and too much of them."""
    size = 0
    for count, path in enumerate(folder.rglob("*"), start=1):
        place = path.relative_to(folder).as_posix()
        known = place in (_PROGRAM, "fingerprint.pb", "variables", "assets")
        if not (known or place.startswith("variables/variables.")):
            raise errors.UserError(f"Expected no {place!r:.100} in {folder}.")
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise errors.UserError(f"Expected {path} to be a plain file.")
        size += path.stat().st_size
        if count > _MOST_FILES or size > _MOST_BYTES:
            raise errors.UserError(f"Expected fewer or smaller files: {folder}")
    program = folder / _PROGRAM
    if program.is_file() and program.stat().st_size > _MOST_PROGRAM_BYTES:
        raise errors.UserError(
            f"Expected at most {_MOST_PROGRAM_BYTES:,} bytes in {program}."
        )


def _check_graph(graph):
    objects = graph.object_graph_def
    if not objects.nodes:  # TensorFlow would run an older kind as a whole.
        raise errors.UserError("Expected a SavedModel of TensorFlow 2.")
    for node in objects.nodes:
        if node.WhichOneof("kind") not in _OBJECTS:
            raise errors.UserError(
                "Expected variables and functions in a SavedModel. Received: "
                f"a {node.WhichOneof('kind')}"
            )
    library = graph.graph_def.library.function
    functions = {each.signature.name: each for each in library}
    _check_functions(functions, objects.concrete_functions)


def _check_functions(functions, roots):
    """Checks what can be called; what only saves and restores cannot be."""
    waiting, seen = list(roots), set(roots)
    while waiting:
        for node in _nodes(functions, waiting.pop()):
            if node.op not in _OPERATIONS and node.op not in functions:
                raise errors.UserError(
                    "Expected a SavedModel that only computes. Received: the "
                    f"operation {node.op!r:.60}"
                )
            called = {node.op} & {*functions}
            for value in node.attr.values():
                called |= {value.func.name} if value.func.name else set()
                called |= {each.name for each in value.list.func}
            waiting += called - seen
            seen |= called


def _nodes(functions, name):
    if name not in functions:
        raise errors.UserError(
            f"Expected the function {name!r:.60} in the SavedModel."
        )
    return functions[name].node_def
