"""Tests of counting the operators of TFLite files."""

import random

import pytest

from ednas_tf import errors, spaces
from ednas_tf.hardware import tflite_operators
from ednas_tf.spaces import Operator, operators

_RELU6 = 3


@pytest.fixture
def read(writer, tmp_path):
    """Returns a function that writes the collected graph and counts it."""
    return lambda: tflite_operators.read(writer.write(tmp_path / "m.tflite"))


@pytest.mark.parametrize(
    ("name", "macs", "params"),
    [
        ("pretrainedResnet.tflite", 12_501_632, 77_706),
        ("pretrainedResnet_quant.tflite", 12_501_632, 77_706),
        ("kws_ref_model.tflite", 2_656_768, 22_604),
        ("vww_96_float.tflite", 7_489_664, 210_850),
        ("vww_96_int8.tflite", 7_489_664, 210_850),
        # Weights, and biases of eight layers of 128, one of 8, one of 640.
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


def test_a_depth_multiplier_gives_more_outputs(writer, read):
    image = writer.tensor(1, 8, 8, 3)
    writer.depthwise(image, (1, 8, 8, 12), 11, depthMultiplier=4)
    (row,) = read()
    assert (row.in_c, row.out_c, row.weights) == (3, 12, 121 * 12)


@pytest.mark.parametrize(
    ("taps", "op"), [((1, 1), "pwconv2d"), ((3, 3), "conv2d")]
)
def test_a_strided_convolution_with_its_activation(taps, op, writer, read):
    image = writer.tensor(1, 8, 8, 4)
    options = {"strideH": 2, "strideW": 2, "fusedActivationFunction": _RELU6}
    writer.convolution(image, taps, 4, (1, 4, 4, 16), **options)
    expected = Operator(op, 8, 8, 4, 4, 4, 16, *taps, 2, act="relu6")
    assert read() == (expected,)


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


@pytest.mark.parametrize("name", ["HARD_SWISH", "LOGISTIC", "TRANSPOSE"])
def test_an_operator_without_entry_is_named(name, writer, read):
    writer.node(name, (writer.tensor(1, 8),), (1, 8))
    with pytest.raises(errors.UserError, match=f"m.tflite: .*operator {name}"):
        read()


def test_a_convolution_in_groups_is_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    writer.convolution(image, (3, 3), 2, (1, 8, 8, 4))
    with pytest.raises(errors.UserError, match="convolution in groups"):
        read()


def test_different_strides_are_refused(writer, read):
    image = writer.tensor(1, 8, 8, 4)
    writer.depthwise(image, (1, 8, 4, 4), strideW=2)
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


_BLOCK = spaces.Block
_CHAIN = (
    ("dw5", _BLOCK("a", 8, stride=2, activation=True)),
    ("dw3d2", _BLOCK("b", 8, activation=True)),
    ("dw3d3", _BLOCK("c", 8, expansion=2)),
    ("avg3", _BLOCK("d", 8)),
    ("max3", _BLOCK("e", 12, stride=2, expansion=2)),
    ("skip", _BLOCK("f", 12)),
)
_PAIRS = ("dw7", "dw3", "dw3d2", "avg3", "max3")


def _architecture(topology):
    names, blocks = zip(*_CHAIN, strict=True)
    if topology == "previous_two":
        names, blocks = _PAIRS, (_CHAIN[1][1], _CHAIN[2][1], _CHAIN[3][1])
    stem = spaces.Stem(kernel=11, stride=2, channels=8, depth_multiplier=4)
    head = spaces.Head(channels=16, features=12)
    skeleton = spaces.Skeleton(
        "test", (16, 16, 3), 10, stem, blocks, head, topology
    )
    return spaces.choose(skeleton, names)


@pytest.mark.slow
@pytest.mark.parametrize("topology", ["chain", "previous_two"])
def test_an_exported_network_has_the_operators_counted_by_hand(
    topology, tmp_path
):
    import keras  # Not at the top: the other tests need no TensorFlow.

    from ednas_tf.networks import derived

    architecture = _architecture(topology)
    model = derived.build(architecture)
    for weight in model.weights:  # The converter drops biases of zero.
        weight.assign(weight + 0.1)
    image = keras.InputSpec(dtype="float32", shape=(1, 16, 16, 3), name="image")
    path = tmp_path / "m.tflite"
    model.export(path, format="litert", verbose=False, input_signature=[image])
    expected = operators.architecture_operators(architecture)
    found = tflite_operators.read(path)
    assert sorted(map(str, found)) == sorted(map(str, expected))
    totals, counts = operators.totals(expected), tflite_operators.counts(path)
    assert counts == {name: totals[name] for name in ("macs", "params")}
