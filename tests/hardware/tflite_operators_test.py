"""Tests of counting the operators of TFLite files."""

import random

import pytest

from ednas_tf import errors
from ednas_tf.hardware import tflite_operators
from ednas_tf.spaces import Operator

_RELU6 = 3


@pytest.fixture
def read(writer, tmp_path):
    """Returns a function that writes the collected graph and counts it."""
    return lambda: tflite_operators.read(writer.write(tmp_path / "m.tflite"))


def _depthwise(writer, source, shape, taps=3, **options):
    weights = writer.weights(1, taps, taps, shape[-1])
    options = {"strideH": 1, "strideW": 1, "depthMultiplier": 1, **options}
    return writer.node(
        "DEPTHWISE_CONV_2D",
        (source, weights, writer.weights(shape[-1])),
        shape,
        "DepthwiseConv2DOptions",
        **options,
    )


def _convolution(writer, source, taps, columns, shape, **options):
    weights = writer.weights(shape[-1], *taps, columns)
    return writer.node(
        "CONV_2D",
        (source, weights, writer.weights(shape[-1])),
        shape,
        "Conv2DOptions",
        **{"strideH": 1, "strideW": 1, **options},
    )


@pytest.mark.parametrize(
    ("name", "macs", "params"),
    [
        ("pretrainedResnet.tflite", 12_501_632, 77_706),
        ("pretrainedResnet_quant.tflite", 12_501_632, 77_706),
        ("kws_ref_model.tflite", 2_656_768, 22_604),
        ("vww_96_float.tflite", 7_489_664, 210_850),
        ("vww_96_int8.tflite", 7_489_664, 210_850),
        # Weights 264,192; biases 9 * 128 less one 8 more, and 640.
        ("ad01_int8.tflite", 264_192, 264_192 + 8 * 128 + 8 + 640),
    ],
)
def test_reference_models_have_the_published_counts(
    name, macs, params, reference
):
    found = tflite_operators.counts(reference(name))
    assert found == {"macs": macs, "params": params}


def test_reference_network_in_order(reference):
    rows = tflite_operators.read(reference("kws_ref_model.tflite"))
    separable = ["dwconv2d", "pwconv2d"] * 4
    ops = ["conv2d", *separable, "gap", "fc", "softmax"]
    assert [row.op for row in rows] == ops
    assert rows[0] == Operator(
        "conv2d", 49, 10, 1, 25, 5, 64, 10, 4, 2, act="relu"
    )
    assert rows[-1] == Operator("softmax", 1, 1, 12, 1, 1, 12)


def test_padding_belongs_to_the_convolution_after_it(writer, read):
    image = writer.tensor(1, 32, 32, 4)
    padded = writer.node(
        "PAD", (image, writer.integers(0)), (1, 38, 38, 4), "PadOptions"
    )
    _depthwise(writer, padded, (1, 16, 16, 4), 7, strideH=2, strideW=2)
    assert read() == (Operator("dwconv2d", 32, 32, 4, 16, 16, 4, 7, 7, 2),)


def test_padding_belongs_to_the_pooling_after_it(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PADV2", (image,), (1, 10, 10, 4), "PadV2Options")
    window = {"filterHeight": 3, "filterWidth": 3, "strideH": 2, "strideW": 2}
    writer.node(
        "MAX_POOL_2D", (padded,), (1, 4, 4, 4), "Pool2DOptions", **window
    )
    assert read() == (Operator("maxpool", 8, 8, 4, 4, 4, 4, 3, 3, 2),)


def test_a_depth_multiplier_gives_more_outputs(writer, read):
    image = writer.tensor(1, 8, 8, 3)
    _depthwise(writer, image, (1, 8, 8, 12), 11, depthMultiplier=4)
    (row,) = read()
    assert (row.in_c, row.out_c, row.weights) == (3, 12, 121 * 12)


@pytest.mark.parametrize(
    ("taps", "op"), [((1, 1), "pwconv2d"), ((3, 3), "conv2d")]
)
def test_a_strided_convolution_with_its_activation(taps, op, writer, read):
    image = writer.tensor(1, 8, 8, 4)
    options = {"strideH": 2, "strideW": 2, "fusedActivationFunction": _RELU6}
    _convolution(writer, image, taps, 4, (1, 4, 4, 16), **options)
    expected = Operator(op, 8, 8, 4, 4, 4, 16, *taps, 2, act="relu6")
    assert read() == (expected,)


def _dilated(writer, block=3, act=_RELU6):
    """Adds what TensorFlow's converter makes of a dilated convolution."""
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PAD", (image,), (1, 14, 14, 4), "PadOptions")
    blocks, crops = writer.integers(block, block), writer.integers(0, 0)
    x = writer.node("SPACE_TO_BATCH_ND", (padded, blocks), (1, 5, 5, 4))
    x = _depthwise(writer, x, (1, 3, 3, 4))
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
    _depthwise(writer, image, (1, 8, 8, 4), **options)
    assert read()[0].dilation == 2


def test_a_lone_space_to_batch_is_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    blocks = writer.integers(2, 2)
    writer.node("SPACE_TO_BATCH_ND", (image, blocks), (4, 4, 4, 4))
    with pytest.raises(errors.UserError, match="no entry.*SPACE_TO_BATCH_ND"):
        read()


def test_the_head_of_a_network(writer, read):
    image = writer.tensor(1, 4, 4, 8)
    axes = writer.integers(1, 2)
    x = writer.node("MEAN", (image, axes), (1, 8), "ReducerOptions")
    x = writer.node(
        "FULLY_CONNECTED",
        (x, writer.weights(10, 8), -1),
        (1, 10),
        "FullyConnectedOptions",
    )
    writer.node("SOFTMAX", (x,), (1, 10), "SoftmaxOptions")
    assert read() == (
        Operator("gap", 4, 4, 8, 1, 1, 8),
        Operator("fc", 1, 1, 8, 1, 1, 10),
        Operator("softmax", 1, 1, 10, 1, 1, 10),
    )


def test_biases_that_are_left_out_do_not_count(writer, tmp_path):
    x = writer.tensor(1, 8)
    weights = writer.weights(10, 8)
    options = "FullyConnectedOptions"
    writer.node("FULLY_CONNECTED", (x, weights, -1), (1, 10), options)
    found = tflite_operators.counts(writer.write(tmp_path / "m.tflite"))
    assert found == {"macs": 80, "params": 80}


def test_a_product_with_a_constant_keeps_the_image(writer, read):
    image = writer.tensor(1, 4, 4, 8)
    scale = writer.weights(8)
    writer.node("MUL", (scale, image), (1, 4, 4, 8), "MulOptions")
    assert read() == (Operator("mul", 4, 4, 8, 4, 4, 8),)


def test_what_only_renames_is_skipped(writer, read):
    x = writer.tensor(1, 8)
    for name in ("QUANTIZE", "RESHAPE", "DEQUANTIZE"):
        assert name in tflite_operators.SKIPPED
        x = writer.node(name, (x,), (1, 8))
    writer.node("SOFTMAX", (x,), (1, 8), "SoftmaxOptions")
    assert [row.op for row in read()] == ["softmax"]


@pytest.mark.parametrize("name", ["HARD_SWISH", "LOGISTIC", "TRANSPOSE"])
def test_an_operator_without_entry_is_named(name, writer, read):
    writer.node(name, (writer.tensor(1, 8),), (1, 8))
    with pytest.raises(errors.UserError, match=f"m.tflite: .*operator {name}"):
        read()


def test_a_convolution_in_groups_is_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    _convolution(writer, image, (3, 3), 2, (1, 8, 8, 4))
    with pytest.raises(errors.UserError, match="convolution in groups"):
        read()


def test_different_strides_are_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    _depthwise(writer, image, (1, 8, 4, 4), strideW=2)
    with pytest.raises(errors.UserError, match="same stride"):
        read()


def test_a_mean_over_channels_is_refused(writer, read):
    image, axes = writer.tensor(1, 4, 4, 8), writer.integers(3)
    writer.node("MEAN", (image, axes), (1, 4, 4), "ReducerOptions")
    with pytest.raises(errors.UserError, match="MEAN over height and width"):
        read()


def test_another_batch_is_refused(writer, read):
    x = writer.tensor(2, 8)
    writer.node("SOFTMAX", (x,), (2, 8), "SoftmaxOptions")
    with pytest.raises(errors.UserError, match="batch 1"):
        read()


def test_another_activation_is_refused(writer, read):
    x, tanh = writer.tensor(1, 8), 4
    writer.node(
        "ADD", (x, x), (1, 8), "AddOptions", fusedActivationFunction=tanh
    )
    with pytest.raises(errors.UserError, match="ReLU6 in ADD"):
        read()


@pytest.mark.parametrize("name", ["CONV_2D", "ADD", "MEAN", "MAX_POOL_2D"])
def test_an_operator_without_inputs_is_refused(name, writer, read):
    writer.node(name, (), (1, 8))
    with pytest.raises(errors.UserError, match="lacks inputs"):
        read()


def test_padding_that_goes_in_circles_ends(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    padded = writer.node("PAD", (image,), (1, 8, 8, 4), "PadOptions")
    writer.graph.operators[0].inputs = [padded]
    _depthwise(writer, padded, (1, 8, 8, 4))
    assert len(read()) == 1


def test_flipped_bytes_end_in_one_line_or_in_operators(reference, tmp_path):
    data = reference("ad01_int8.tflite").read_bytes()
    path, chance = tmp_path / "m.tflite", random.Random(1)
    for _ in range(100):
        broken = bytearray(data)
        # The tail holds the tables, the rest is weights.
        for _ in range(5):
            broken[-chance.randrange(1, 8000)] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            assert tflite_operators.read(path)
        except errors.UserError as error:
            assert "\n" not in str(error)
