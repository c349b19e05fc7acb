"""Tests of pruning and clustering."""

import gzip

import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.exporting import compression, optimization, tflite
from ednas_tf.hardware import tflite_file
from tests.exporting.optimization import examples

_SETTINGS = {
    "prune": compression.Settings(3, 1e-3, compress="prune", sparsity=0.75),
    "cluster": compression.Settings(3, 1e-3, compress="cluster", clusters=4),
}


@pytest.fixture(scope="module")
def model():
    return examples.network(["dw5", "avg3", "dw7"])


@pytest.fixture(scope="module")
def compressed(model):
    """What each method makes of the model."""
    return {
        method: optimization.compress(
            model, examples.epochs(), examples.loss, settings
        )
        for method, settings in _SETTINGS.items()
    }


def _kernels(content, folder):
    """Returns the constants of a float file that convolutions multiply by."""
    path = folder / "model.tflite"
    path.write_bytes(content)
    graph = tflite_file.read(path)
    multiplying = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
    tensors = [
        graph.tensor(node.inputs[1])
        for node in graph.nodes
        if node.name in multiplying
    ]
    return [np.frombuffer(t.data.tobytes(), np.float32) for t in tensors]


def test_three_quarters_of_each_kernel_are_zeros(compressed, tmp_path):
    content = tflite.convert(compressed["prune"].model, "float")
    shares = [np.mean(kernel == 0) for kernel in _kernels(content, tmp_path)]
    assert shares.count(0) == 1  # The average has fixed taps.
    pruned = [share for share in shares if share]
    np.testing.assert_allclose(pruned, 0.75, atol=0.02)  # 20 of 27, say.


def test_each_kernel_has_few_values(compressed):
    for name, kernel in compression.kernels(compressed["cluster"].model):
        assert len(np.unique(kernel)) <= 4, name


@pytest.mark.parametrize("method", ["prune", "cluster"])
def test_files_become_smaller_in_an_archive(model, compressed, method):
    sizes = [
        len(gzip.compress(tflite.convert(network, "float")))
        for network in (compressed[method].model, model)
    ]
    assert sizes[0] < sizes[1]


def test_depthwise_kernels_and_the_classifier_are_told(compressed):
    rows = compressed["prune"].summary["layers"]
    names = {row["layer"] for row in rows}
    assert {"block1_conv", "block3_conv", "logits"} <= names
    assert "block2_conv" not in names


@pytest.mark.parametrize("method", ["prune", "cluster"])
def test_fixed_taps_stay(compressed, method):
    taps = compressed[method].model.get_layer("block2_conv").kernel
    np.testing.assert_array_equal(np.asarray(taps), np.float32(1 / 9))


def test_batch_norms_follow_the_batches(model, compressed):
    norms = [
        network.get_layer("block1_norm").moving_mean
        for network in (model, compressed["prune"].model)
    ]
    assert np.all(np.asarray(norms[0]) != np.asarray(norms[1]))


def test_neutral_batch_norms_hold_their_statistics():
    model = examples.network(["dw5", "skip", "dw3"])
    norm = model.get_layer("block1_norm")
    norm.moving_mean.assign([0.0] * 4)
    norm.moving_variance.assign([1.0 - norm.epsilon] * 4)
    settings = compression.Settings(1, 1e-3, compress="cluster")
    received = optimization.compress(
        model, examples.epochs(), examples.loss, settings
    ).model.get_layer("block1_norm")
    np.testing.assert_array_equal(received.moving_mean, norm.moving_mean)
    np.testing.assert_array_equal(
        received.moving_variance, norm.moving_variance
    )
    assert np.any(np.asarray(received.beta) != np.asarray(norm.beta))


def test_the_given_model_stays(compressed, model):
    expected = examples.network(["dw5", "avg3", "dw7"])
    for received, weight in zip(model.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(received, weight)


def test_a_method_is_needed(model):
    settings = compression.Settings(1, 1e-3)
    with pytest.raises(errors.UserError, match="compression 'none'"):
        optimization.compress(model, examples.epochs(), examples.loss, settings)
