"""Tests of what belongs together in two files."""

import pytest

from ednas_tf.exporting import layer_matching


def _layer(name, operator="CONV_2D", shape=(1, 4), tensor=0):
    return layer_matching.FileLayer(name, operator, shape, tensor)


def _names(pairs):
    return [(first.name, second.name) for first, second in pairs]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("net_1/conv_relu_1/Relu6;net_1/conv_norm_1/mul", "conv_relu"),
        ("net_1/conv_1/batchnorm/add_1;net_1/x_1/conv", "conv"),
        ("net/conv2d_1/BiasAdd", "conv2d_1"),
        ("logits/MatMul", "logits"),
        ("probabilities", "probabilities"),
    ],
)
def test_a_label_is_the_name_of_the_keras_layer(name, label):
    assert _layer(name).label == label


def test_layers_of_the_same_name_belong_together_in_any_order():
    first = [_layer("a"), _layer("b")]
    second = [_layer("b"), _layer("a", "ADD")]
    pairs = layer_matching.match(first, second)
    assert _names(pairs) == [("a", "a"), ("b", "b")]


def test_other_names_are_matched_by_operator_shape_and_order():
    first = [_layer("a"), _layer("b", "PAD"), _layer("c"), _layer("d")]
    second = [_layer("r"), _layer("s", "PAD"), _layer("t"), _layer("u", "ADD")]
    pairs = layer_matching.match(first, second)
    assert _names(pairs) == [("a", "r"), ("b", "s"), ("c", "t")]


def test_layers_of_other_shapes_stay_alone():
    first = [_layer("a"), _layer("b")]
    second = [_layer("a", shape=(1, 5)), _layer("c", shape=(1, 6))]
    assert layer_matching.match(first, second) == []


def test_a_name_that_stands_for_several_layers_says_nothing():
    first = [_layer("a", tensor=1), _layer("a", "ADD", tensor=2)]
    second = [_layer("b", tensor=1), _layer("a", "ADD", tensor=2)]
    pairs = layer_matching.match(first, second)
    assert [one.operator for one, _ in pairs] == ["CONV_2D", "ADD"]


def test_a_file_is_read_in_the_order_it_is_run(float_file):
    content = float_file.read_bytes()
    runner = layer_matching.open_file(content)
    found = layer_matching.read(content, runner)
    assert (found[0].name, found[0].operator) == ("image", "INPUT")
    assert (found[-1].name, found[-1].operator) == ("probabilities", "SOFTMAX")


def test_layers_between_others_keep_what_they_gave(float_file, images):
    content = float_file.read_bytes()
    runner = layer_matching.open_file(content)
    *_, logits, last = layer_matching.read(content, runner)
    outputs = []
    for image in images[:2]:
        runner.set_tensor(0, image[None])
        runner.invoke()
        outputs.append(runner.get_tensor(logits.tensor))
    assert logits.label == "logits"
    assert (outputs[0] != outputs[1]).all()
