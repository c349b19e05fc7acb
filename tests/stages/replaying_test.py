"""A step once more: the same draws, losses and gradients."""

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.networks import finiteness
from ednas_tf.stages import replaying
from tests import small
from tests.stages import diverged

BATCHES = [
    tuple(map(tf.constant, small.batch(diverged.SIZE, seed)))
    for seed in range(2)
]


class RefusedError(Exception):
    """Stands for the error of a guard."""


def failed(part, **settings):
    """Fails in a step; returns the searcher and what it had computed.

    That is the probabilities drawn last, and the gradients.
    """
    model, seen = diverged.searcher(**settings), {}
    model.alphas[0].assign([0.5, 0.0, -0.5])
    losses = model.path_losses

    def watched(images, labels, rows, **kwargs):
        seen["rows"] = [np.array(row) for row in rows]
        return losses(images, labels, rows, **kwargs)

    def refuse(gradients, variables=None):
        seen["gradients"] = [np.array(g) for g in gradients]
        raise RefusedError

    model.path_losses = watched
    optimizers = {"weights": model.optimizer, "alphas": model.alpha_optimizer}
    optimizers[part].apply = refuse
    with pytest.raises(RefusedError):
        model.train_step(BATCHES)
    model.path_losses = losses
    return model, seen


@pytest.mark.parametrize("part", ["weights", "alphas"])
@pytest.mark.parametrize("sampling", ["gumbel", "softmax", "hard"])
def test_the_last_draw_is_repeated(sampling, part):
    model, seen = failed(part, sampling=sampling)
    replay = replaying.of(model, BATCHES, part)
    for row, expected in zip(replay.inputs[1:], seen["rows"], strict=True):
        np.testing.assert_array_equal(row, expected)


@pytest.mark.parametrize("bilevel", [True, False])
def test_gradients_of_alphas_are_those_of_the_step(bilevel):
    model, seen = failed("alphas", bilevel=bilevel)
    replay = replaying.of(model, BATCHES, finiteness.ALPHAS)
    assert replay.batch is BATCHES[int(bilevel)]
    for received, expected in zip(
        replay.gradients(model.alphas), seen["gradients"], strict=True
    ):
        np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-7)


def test_gradients_of_weights_are_those_of_the_step():
    model, seen = failed("weights")
    replay = replaying.of(model, BATCHES, finiteness.WEIGHTS)
    bias = model.supernet.get_layer("logits").bias
    place = [id(w) for w in model.network_weights].index(id(bias))
    (received,) = replay.gradients([bias])
    np.testing.assert_allclose(
        received, seen["gradients"][place], rtol=1e-4, atol=1e-7
    )


@pytest.mark.parametrize(("path_inputs", "rows"), [("split", 4), ("shared", 8)])
def test_the_rows_of_all_paths_are_known(path_inputs, rows):
    model = diverged.searcher(path_inputs=path_inputs)
    replay = replaying.of(model, BATCHES, finiteness.WEIGHTS)
    assert replay.rows == len(replay.network(replay.inputs)) == rows


def test_the_draws_that_follow_are_not_moved():
    model, _ = failed("weights")
    before = [np.array(g.seed_generator.state) for g in model.gates]
    replaying.of(model, BATCHES, finiteness.WEIGHTS)
    after = [np.array(g.seed_generator.state) for g in model.gates]
    np.testing.assert_array_equal(before, after)
