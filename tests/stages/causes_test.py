"""Where the first value that is not finite came from."""

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.networks import finiteness
from ednas_tf.stages import causes
from tests import small
from tests.stages import diverged
from tests.stages.diverged import message, pairs, searcher


def found(model, part=finiteness.WEIGHTS):
    """Returns the cause of a step of a searcher, as if it had failed."""
    return causes.find(model, (batch(seed=0), batch(seed=1)), part)


def batch(seed=0, factor=1.0):
    """Returns a batch of tensors."""
    images, labels = small.batch(diverged.SIZE, seed)
    return tf.constant(images * np.float32(factor)), tf.constant(labels)


def test_bad_alphas_are_named_by_their_slot():
    model = searcher()
    told = message(model, pairs(), lambda m: m.alphas[1].assign([np.inf, 0, 0]))
    assert "step 2: the alphas of `block2` are not finite" in told
    assert "--alpha_learning_rate" in told


def test_bad_channel_alphas_are_named_by_their_group():
    model = searcher(channels=True)
    told = message(
        model, pairs(), lambda m: diverged.spoil(m.channel_alphas[0])
    )
    assert "the channel alphas of `" in told
    assert "--channel_learning_rate" in told


def test_an_infinite_multiplier_blames_the_costs():
    model = searcher()
    model.cost_loss.multipliers.assign([np.inf])
    told = message(model, pairs())
    assert "step 1: the multipliers of the costs are not finite" in told
    assert "_rate" not in told


def test_a_loss_without_bound_is_that_of_the_last_layer():
    model = searcher()
    bias = model.supernet.get_layer("logits").bias
    bias.assign([3e38, -3e38, 3e38, -3e38])
    cause = found(model)
    assert cause.told.startswith("the loss of layer `logits` is ")
    assert (cause.blamed, cause.paths) == (finiteness.WEIGHTS, (1, 2))


def test_weights_are_blamed_where_the_batch_of_the_alphas_shows_them():
    model = searcher()
    diverged.spoil(model.kernels[0], 1)
    cause = found(model, finiteness.ALPHAS)
    assert (cause.blamed, cause.paths) == (finiteness.WEIGHTS, (2,))


@pytest.mark.parametrize("part", [finiteness.WEIGHTS, finiteness.ALPHAS])
def test_only_the_batch_that_was_learned_from_is_blamed(part):
    batches = batch(), batch(factor=np.nan)
    cause = causes.find(searcher(), batches, part)
    blamed = part == finiteness.ALPHAS
    assert (cause.blamed == causes.DATA) == blamed
    assert cause.told.startswith("4 of 4 examples") == blamed


def test_bad_labels_are_data():
    labels = tf.constant([0.0, 1.0, np.nan, 2.0])
    spoiled = batch()[0], labels
    cause = causes.find(diverged.network(), spoiled, finiteness.WEIGHTS)
    assert cause.told.startswith("1 of 4 examples")


@pytest.mark.parametrize("part", [finiteness.WEIGHTS, finiteness.ALPHAS])
def test_a_step_that_is_fine_names_no_layer(part):
    cause = found(searcher(), part)
    assert (cause.blamed, cause.paths) == (part, ())
    assert "cannot be repeated" in cause.told


def test_looking_for_the_cause_changes_no_weight():
    model = searcher()
    before = [np.array(weight) for weight in model.weights]
    found(model)
    for weight, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)
