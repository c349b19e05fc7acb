"""What a diverged training tells, and what it leaves as it was."""

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.stages import diverging
from tests import small
from tests.stages import diverged
from tests.stages.diverged import message, network, pairs, searcher, single


def test_a_huge_rate_is_told_with_epoch_step_path_layer_and_flag():
    told = message(searcher(rate=1e30), pairs())
    assert told.startswith(
        "Training diverged in epoch 1, step 2, paths 1 and 2"
    )
    assert "layer `stem" in told
    assert "gave the first value that is not finite" in told
    assert "--weight_learning_rate with --overwrite" in told


@pytest.mark.parametrize("path_inputs", ["split", "shared"])
def test_the_path_with_the_bad_kernel_is_named(path_inputs):
    model = searcher(path_inputs=path_inputs)
    told = message(model, pairs(), lambda m: diverged.spoil(m.kernels[1], 1))
    assert "in epoch 2, step 2, path 2: layer `block2_conv` holds" in told
    assert "(loss nan). The last good state (epoch 1) is kept;" in told


def test_it_is_told_from_a_graph_too():
    model = searcher()
    model.run_eagerly = False
    told = message(model, pairs(), lambda m: diverged.spoil(m.kernels[0], 0))
    assert "in epoch 2, step 2, path 1: layer `block1_conv` holds" in told


def test_the_final_training_has_no_paths_and_a_rate_of_its_own():
    told = message(network(rate=1e30), single())
    assert told.startswith("Training diverged in epoch 1, step 2: layer `stem")
    assert "No epoch was done before" in told
    assert "a lower --learning_rate with --overwrite" in told


def test_bad_weights_name_their_layer_in_the_final_training():
    def spoil(model):
        diverged.spoil(model.get_layer("block1_norm").beta, 0)

    told = message(network(), single(), spoil)
    assert "in epoch 2, step 2: layer `block1_norm` holds" in told


def test_bad_examples_are_blamed_and_no_rate():
    images = small.batch(diverged.STEPS * diverged.SIZE)[0]
    images[diverged.SIZE + 1, 0, 0, 0] = np.nan
    images[diverged.SIZE + 3] = np.inf
    told = message(network(), single(images))
    assert "step 2: 2 of 4 examples of the batch hold values" in told
    assert "--dataset" in told
    assert "_rate" not in told


def test_the_model_keeps_the_weights_of_the_step_before():
    model, seen = searcher(rate=1e30), []
    step = model.train_step

    def watched(data):
        seen.append([np.array(w) for w in model.network_weights])
        return step(data)

    model.train_step = watched
    message(model, pairs())
    for weight, before in zip(model.network_weights, seen[-1], strict=True):
        np.testing.assert_array_equal(weight, before)


def test_one_line_is_told():
    assert "\n" not in message(network(rate=1e30), single())


def test_other_errors_pass():
    other = tf.errors.InvalidArgumentError(None, None, "shapes differ")
    with (
        pytest.raises(tf.errors.InvalidArgumentError, match="shapes"),
        diverging.told(None, None),
    ):
        raise other
