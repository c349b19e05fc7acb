"""Weights of files with other names, forms and ranges of images."""

import dataclasses
import functools
import pathlib

import keras
import numpy as np
import pytest
from ai_edge_litert import interpreter as litert
from keras import layers, ops

from ednas_tf import data, errors, spaces
from ednas_tf.data import pipeline
from ednas_tf.networks import derived, pretrained, supernet
from ednas_tf.spaces import Node, channels, presets
from tests import small

_SHARED = pathlib.Path(__file__).parents[2] / "../shared"
_REFERENCE = _SHARED / "reference/mlperf_tiny"


def given(stem="conv", kernel=3, act="relu"):
    """Returns a network with a residual, a depthwise and two kinds of bias."""
    first = {"kernel": (kernel, kernel), "padding": "same"}
    nodes = (
        Node("stem", "conv", ("image",), 6, act=act, **first)
        if stem == "conv"
        else Node("stem", stem, ("image",), multiplier=2, act=act, **first),
        Node("wide", "depthwise", ("stem",), kernel=(3, 3), act="relu6"),
        Node("plain", "conv", ("wide",), 6, norm=False),
        Node("sum", "add", ("plain", "stem")),
        Node("pool", "pool", ("sum",)),
        Node("logits", "dense", ("pool",), 4),
        Node("probabilities", "softmax", ("logits",)),
    )
    return spaces.Given("made", (6, 6, 3), 4, nodes)


def foreign(stem="conv", kernel=3, use_bias=True, **norm):
    """Returns the same network as others would write it, weights random."""
    image = keras.Input((6, 6, 3))
    options = {"padding": "same", "use_bias": use_bias}
    if stem == "conv":
        x = layers.Conv2D(6, kernel, **options)(image)
    else:
        x = layers.DepthwiseConv2D(kernel, depth_multiplier=2, **options)(image)
    x = layers.BatchNormalization(**norm)(x)
    first = layers.Activation("relu")(x)
    x = layers.DepthwiseConv2D(3, **options)(first)
    x = layers.ReLU(6.0)(layers.BatchNormalization(**norm)(x))
    x = layers.Add()([first, layers.Conv2D(6, 1)(layers.Dropout(0.1)(x))])
    x = layers.Flatten()(layers.AveragePooling2D(6)(x))
    model = keras.Model(image, layers.Dense(4, activation="softmax")(x))
    small.randomize(model)
    return model


def ours(fixed=None):
    """Returns our form of the network."""
    return derived.build(spaces.choose(fixed or given(), []))


def saved(model, folder, name="model.h5"):
    """Returns the path of the file of a model."""
    model.save(folder / name)
    return folder / name


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
@pytest.mark.parametrize("use_bias", [True, False])
def test_the_network_of_a_file_is_loaded(name, use_bias, tmp_path):
    source, target = foreign(use_bias=use_bias), ours()
    pretrained.load(saved(source, tmp_path, name), target)
    images = small.normal(4, 6, 6, 3)
    assert small.difference(target(images), source(images)) < 1e-5


@pytest.mark.parametrize(
    "norm", [{"epsilon": 0.1}, {"scale": False}, {"center": False}]
)
def test_other_batch_norms_become_ours(norm, tmp_path):
    source, target = foreign(**norm), ours()
    pretrained.load(saved(source, tmp_path), target)
    images = small.normal(4, 6, 6, 3)
    assert small.difference(target(images), source(images)) < 1e-5


def test_networks_for_training_and_search_take_the_same_file(tmp_path):
    source, images = foreign(), small.normal(4, 6, 6, 3)
    path, fixed = saved(source, tmp_path), given()
    trained = derived.build_for_training(spaces.choose(fixed, []))
    masked = supernet.build(spaces.with_operations(fixed, []), masked=True)
    masks = [np.ones((1, g.size), "f") for g in channels.groups(fixed.nodes)]
    for model, inputs in ((trained, images), (masked, [images, *masks])):
        pretrained.load(path, model)
        received = ops.softmax(model(inputs))
        assert small.difference(received, source(images)) < 1e-5


def test_our_own_files_are_read(tmp_path):
    source, target = ours(), ours()
    small.randomize(source)
    images = small.normal(4, 6, 6, 3)
    for name in ("model.keras", "model.weights.h5"):
        small.randomize(target, seed=1)
        save = source.save_weights if "weights" in name else source.save
        save(tmp_path / name)
        pretrained.load(tmp_path / name, target)
        np.testing.assert_array_equal(target(images), source(images))


@pytest.mark.parametrize("stem", ["conv", "depthwise"])
@pytest.mark.parametrize(
    ("scale", "offset"), [(2.0, -3.0), ([2.0, 3.0, 4.0], [5.0, -6.0, 7.0])]
)
def test_images_of_another_range_are_folded_in(stem, scale, offset, tmp_path):
    # A first kernel of one pixel reads no border.
    source, target = foreign(stem, kernel=1), ours(given(stem, kernel=1))
    path = saved(source, tmp_path)
    pretrained.load(path, target, scale=scale, offset=offset)
    images = small.normal(4, 6, 6, 3)
    expected = source(images * np.float32(scale) + np.float32(offset))
    assert small.difference(target(images), expected) < 1e-5


def test_only_the_border_differs_in_another_range(tmp_path):
    source, target = foreign(), ours()
    scale, offset = np.float32([2, 3, 4]), np.float32([5, -6, 7])
    path = saved(source, tmp_path)
    pretrained.load(path, target, scale=scale, offset=offset)
    images = small.normal(4, 6, 6, 3)
    norms = layers.BatchNormalization
    first, second = (
        keras.Model(
            m.input, next(x.output for x in m.layers if isinstance(x, norms))
        )
        for m in (source, target)
    )
    expected = np.asarray(first(images * scale + offset))
    received = np.asarray(second(images))
    inside = np.s_[:, 1:-1, 1:-1]
    assert small.difference(received[inside], expected[inside]) < 1e-5
    assert small.difference(received, expected) > 1e-3


def changed(name, **values):
    """Returns our network with another value in one of its nodes."""
    fixed = given()
    layers = tuple(
        dataclasses.replace(node, **values) if node.name == name else node
        for node in fixed.layers
    )
    return ours(dataclasses.replace(fixed, layers=layers))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            functools.partial(ours, given(kernel=1)),
            r"of 1x1, 1x1, 1x1, 0x0 for stem_conv\. Received: 3x3, 1x1, 1x1, ",
        ),
        (functools.partial(ours, given(act="relu6")), "a relu, in the place"),
        (functools.partial(changed, "wide", kernel=(5, 5)), "for wide_conv"),
        (
            functools.partial(changed, "plain", norm=True),
            "a convolution, in the place of plain_norm, a batch norm",
        ),
        (
            lambda: ours(presets.build("ds_cnn", (6, 6, 3), 4)),
            "in the place of block4_pointwise_relu, a relu",
        ),
    ],
)
def test_another_network_is_refused_in_one_line(target, message, tmp_path):
    model = target()
    before = model.get_weights()
    with pytest.raises(errors.UserError, match=message) as raised:
        pretrained.load(saved(foreign(), tmp_path), model)
    assert "\n" not in str(raised.value)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_first_shape_that_differs_is_named(tmp_path):
    fixed = spaces.with_operations(given(), []).narrowed({"stem": 5})
    target = derived.build(spaces.choose(fixed.skeleton, []))
    message = r"shapes \[\(3, 3, 3, 5\)\] for stem_conv. Received: \[\(3, 3, 3"
    with pytest.raises(errors.UserError, match=message):
        pretrained.load(saved(foreign(), tmp_path), target)


def test_a_slot_has_no_weights_in_a_file(tmp_path):
    target = supernet.build(small.space(), masked=True)
    with pytest.raises(errors.UserError, match="block._conv, MixedOp"):
        pretrained.load(saved(foreign(), tmp_path), target)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.h5", None, "found none"),
        ("model.pb", b"", "Expected a .keras, .h5 or .weights.h5 file"),
        ("model.h5", b"words", "Expected an HDF5 file"),
        ("model.weights.h5", b"words", "Expected an HDF5 file"),
        ("model.keras", b"words", "Expected a Keras model"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    name, content, message, tmp_path
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.UserError, match=message) as raised:
        pretrained.load(tmp_path / name, ours())
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["weights", "other"])
def test_weights_without_their_network_are_refused(name, tmp_path):
    path = tmp_path / "model.weights.h5"
    ours(given(kernel=1)).save_weights(path)
    if name == "other":
        path = path.rename(tmp_path / "model.h5")
    with pytest.raises(errors.UserError, match="Expected a Keras model in"):
        pretrained.load(path, ours())


def test_a_range_has_a_number_for_each_channel(tmp_path):
    path = saved(foreign(), tmp_path)
    with pytest.raises(errors.UserError, match="offset for each of 3 channels"):
        pretrained.load(path, ours(), offset=(1.0, 2.0))


@pytest.fixture(scope="module")
def cifar():
    """Returns a thousand test images of CIFAR-10."""
    if not (_SHARED / "data/tfds/cifar10").exists():
        pytest.skip(f"The data {_SHARED}/data/tfds/cifar10 are not here.")
    if not (_REFERENCE / "pretrainedResnet.h5").exists():
        pytest.skip(f"The reference {_REFERENCE} is not here.")
    folder = str(_SHARED / "data/tfds")
    spec = data.DataSpec("cifar10", data_dir=folder, max_examples=1000)
    return data.load(spec)


def reference_outputs(images):
    """Returns what the reference's float file gives for raw images."""
    runner = litert.Interpreter(str(_REFERENCE / "pretrainedResnet.tflite"))
    source = runner.get_input_details()[0]["index"]
    runner.resize_tensor_input(source, images.shape)
    runner.allocate_tensors()
    runner.set_tensor(source, images)
    runner.invoke()
    return runner.get_tensor(runner.get_output_details()[0]["index"])


@pytest.mark.slow
def test_resnet8_of_the_reference_has_its_outputs_and_accuracy(cifar):
    test = cifar.splits.test
    target = ours(presets.build("resnet8", (32, 32, 3), 10))
    pretrained.load(_REFERENCE / "pretrainedResnet.h5", target)
    images = test.images.astype(np.float32)  # It wants pixels from 0 to 255.
    expected = reference_outputs(images)
    received = target.predict(images, batch_size=500, verbose=0)
    np.testing.assert_allclose(received, expected, atol=1e-3)
    accuracy = np.mean(received.argmax(-1) == test.labels)
    assert accuracy == np.mean(expected.argmax(-1) == test.labels)
    assert accuracy == pytest.approx(0.872, abs=0.03)  # Of all 10,000: 0.8721.


@pytest.mark.slow
def test_resnet8_of_the_reference_starts_well_on_our_images(cifar):
    test = cifar.splits.test
    target = ours(presets.build("resnet8", (32, 32, 3), 10))
    path = _REFERENCE / "pretrainedResnet.h5"
    pretrained.load(path, target, scale=cifar.std, offset=cifar.mean)
    images = pipeline.normalize(test.images, cifar)
    received = target.predict(images, batch_size=500, verbose=0)
    accuracy = np.mean(received.argmax(-1) == test.labels)
    assert accuracy > 0.80  # Of all 10,000: 0.8376, as borders differ.
