"""Tests of what belongs together in a TFLite graph."""

import pytest

from ednas_tf import errors
from ednas_tf.hardware import tflite_operators
from ednas_tf.spaces import Operator

_RELU6 = 3


@pytest.fixture
def read(writer, tmp_path):
    """Returns a function that writes the collected graph and counts it."""
    return lambda: tflite_operators.read(writer.write(tmp_path / "m.tflite"))


def test_padding_belongs_to_the_convolution_after_it(writer, read):
    image = writer.tensor(1, 32, 32, 4)
    padded = writer.node(
        "PAD", (image, writer.integers(0)), (1, 38, 38, 4), "PadOptions"
    )
    writer.depthwise(padded, (1, 16, 16, 4), 7, strideH=2, strideW=2)
    assert read() == (Operator("dwconv2d", 32, 32, 4, 16, 16, 4, 7, 7, 2),)


def test_padding_belongs_to_the_pooling_after_it(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PADV2", (image,), (1, 10, 10, 4), "PadV2Options")
    window = {"filterHeight": 3, "filterWidth": 3, "strideH": 2, "strideW": 2}
    writer.node(
        "MAX_POOL_2D", (padded,), (1, 4, 4, 4), "Pool2DOptions", **window
    )
    assert read() == (Operator("maxpool", 8, 8, 4, 4, 4, 4, 3, 3, 2),)


def _dilated(writer, block=3, act=_RELU6):
    """Adds what TensorFlow's converter makes of a dilated convolution."""
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PAD", (image,), (1, 14, 14, 4), "PadOptions")
    blocks, crops = writer.integers(block, block), writer.integers(0, 0)
    x = writer.node("SPACE_TO_BATCH_ND", (padded, blocks), (1, 5, 5, 4))
    x = writer.depthwise(x, (1, 3, 3, 4))
    x = writer.node("BATCH_TO_SPACE_ND", (x, blocks, crops), (1, 8, 8, 4))
    scale, offset = writer.weights(4), writer.weights(4)
    x = writer.node("MUL", (x, scale), (1, 8, 8, 4), "MulOptions")
    return writer.node(
        "ADD",
        (x, offset),
        (1, 8, 8, 4),
        "AddOptions",
        fusedActivationFunction=act,
    )


@pytest.mark.parametrize(("act", "name"), [(0, "none"), (_RELU6, "relu6")])
def test_a_dilated_convolution_is_one_operator(act, name, writer, read):
    _dilated(writer, 3, act)
    expected = Operator("dwconv2d", 8, 8, 4, 8, 8, 4, 3, 3, 1, 3, name)
    assert read() == (expected,)


def test_a_sum_of_images_after_a_dilation_stays(writer, read):
    x = _dilated(writer, 2, act=0)
    writer.node("ADD", (x, x), (1, 8, 8, 4), "AddOptions")
    assert [row.op for row in read()] == ["dwconv2d", "add"]


def test_dilation_in_the_options_counts(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    options = {"dilationHFactor": 2, "dilationWFactor": 2}
    writer.depthwise(image, (1, 8, 8, 4), **options)
    assert read()[0].dilation == 2


def test_a_lone_space_to_batch_is_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    blocks = writer.integers(2, 2)
    writer.node("SPACE_TO_BATCH_ND", (image, blocks), (4, 4, 4, 4))
    with pytest.raises(errors.UserError, match="no entry.*SPACE_TO_BATCH_ND"):
        read()


def test_what_only_renames_is_skipped(writer, read):
    x = writer.tensor(1, 8)
    for name in ("QUANTIZE", "RESHAPE", "DEQUANTIZE"):
        assert name in tflite_operators.SKIPPED
        x = writer.node(name, (x,), (1, 8))
    writer.node("SOFTMAX", (x,), (1, 8), "SoftmaxOptions")
    assert [row.op for row in read()] == ["softmax"]


def test_padding_that_goes_in_circles_ends(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PAD", (image,), (1, 8, 8, 4), "PadOptions")
    writer.graph.operators[0].inputs = [padded]
    writer.depthwise(padded, (1, 8, 8, 4))
    assert len(read()) == 1
