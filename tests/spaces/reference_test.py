"""Reference networks against the files of MLPerf Tiny."""

import collections
import pathlib

import pytest

from ednas_tf import errors, exporting, spaces
from ednas_tf.hardware import tflite_operators
from ednas_tf.networks import derived
from ednas_tf.spaces import memory, operators, presets, reference
from tests import small
from tests.spaces import memory_test

_FOLDER = pathlib.Path(__file__).parents[2] / "../shared/reference/mlperf_tiny"
_NETWORKS = (
    (reference.resnet8, "pretrainedResnet.tflite", 12_501_632, 77_706),
    (reference.ds_cnn, "kws_ref_model.tflite", 2_656_768, 22_604),
    (reference.mobilenet_v1, "vww_96_float.tflite", 7_489_664, 210_850),
)
_CASES = pytest.mark.parametrize(
    ("build", "file", "macs", "params"),
    _NETWORKS,
    ids=[build.__name__ for build, *_ in _NETWORKS],
)


def path_of(file):
    """Returns the path of a reference file."""
    if not (_FOLDER / file).exists():
        pytest.skip(f"The reference model {_FOLDER / file} is not here.")
    return _FOLDER / file


@_CASES
def test_networks_have_the_published_counts(build, file, macs, params):
    counted = operators.totals(operators.fixed_operators(build()))
    assert (counted["macs"], counted["params"]) == (macs, params)


@_CASES
def test_networks_have_the_operators_of_the_reference(
    build, file, macs, params
):
    expected = tflite_operators.read(path_of(file))
    received = operators.fixed_operators(build())
    assert collections.Counter(received) == collections.Counter(expected)


@pytest.fixture(scope="module", params=_NETWORKS, ids=lambda c: c[0].__name__)
def exported(request, tmp_path_factory):
    """Returns a network, its published counts and its files by format."""
    build, _, macs, params = request.param
    fixed = build()
    model = derived.build(spaces.choose(fixed, []))
    small.randomize(model)
    images = [small.normal(2, *fixed.input_shape)]
    folder, files = tmp_path_factory.mktemp("export"), {}
    formats = ["float", "int8"]
    for name, content in exporting.tflite.convert_all(model, formats, images):
        files[name] = folder / f"{name}.tflite"
        files[name].write_bytes(content)
    return fixed, {"macs": macs, "params": params}, files


@pytest.mark.slow
@pytest.mark.parametrize("format", ["float", "int8"])
def test_exported_files_have_the_published_counts(exported, format):
    fixed, counts, files = exported
    received = tflite_operators.read(files[format])
    expected = operators.fixed_operators(fixed)
    assert collections.Counter(received) == collections.Counter(expected)
    assert tflite_operators.counts(files[format]) == counts


@pytest.mark.slow
def test_peak_memory_bounds_that_of_the_int8_file(exported):
    fixed, _, files = exported
    bound = max(memory.peaks(fixed, {}).values())
    held = memory_test.file_peak(files["int8"].read_bytes())
    # By hand: three maps of 32x32x16; two of 25x5x64; 48x48x8 and 48x48x16.
    by_hand = {
        "resnet8": 3 * 32 * 32 * 16,
        "ds_cnn": 2 * 25 * 5 * 64,
        "mobilenet_v1": 48 * 48 * (8 + 16),
    }
    assert held <= bound == by_hand[fixed.name]


@_CASES
def test_networks_take_other_images_and_classes(build, file, macs, params):
    fixed = build((21, 14, 2), 7)
    model = derived.build(spaces.choose(fixed, []))
    assert model.output_shape == (None, 7)
    assert model.input_shape == (None, 21, 14, 2)


def test_a_wrong_image_is_one_line():
    with pytest.raises(errors.UserError, match="height, width and channels"):
        presets.build("resnet8", (32, 32), 10)


def test_dropout_is_where_the_reference_trains_with_it():
    dropped = {n.name: n.dropout for n in reference.ds_cnn().nodes if n.dropout}
    assert dropped == {"stem": 0.2, "block4_pointwise": 0.4}


def test_widths_of_mobilenet_by_hand():
    nodes = reference.mobilenet_v1().nodes
    widths = [n.channels for n in nodes if n.kind == "conv"]
    assert widths == [8, 16, 32, 32, 64, 64, *[128] * 6, 256, 256]


@_CASES
def test_networks_end_with_their_classifier(build, file, macs, params):
    names = [node.name for node in build().nodes]
    assert names[-2:] == ["logits", "probabilities"]


def test_shortcuts_have_biases_and_no_batch_norm():
    model = derived.build(spaces.choose(reference.resnet8(), []))
    names = {layer.name for layer in model.layers}
    assert model.get_layer("stack2_shortcut_conv").use_bias
    assert not model.get_layer("stack2_conv1_conv").use_bias
    assert "stack2_shortcut_norm" not in names
