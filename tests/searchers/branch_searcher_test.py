"""The search step where every candidate has weights of its own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import spaces
from ednas_tf.searchers import Objective, Searcher, Settings
from tests import small

NAMES = ("skip", "avg3", "max3", "dw3")
SIDE = 8


def stripes(size, seed):
    """Returns stripes along rows or columns, of random phase, in noise.

    Each pixel is -1 or 1 as often in both classes, and means of squares are
    equal: only a kernel that differs along the axes tells them apart.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(size) % 2
    signs = (-1.0) ** np.arange(SIDE) * rng.choice([-1, 1], (size, 1))
    images = np.repeat(signs[:, :, None], SIDE, axis=2)
    images[labels == 1] = images[labels == 1].swapaxes(1, 2)
    noise = rng.normal(size=(size, SIDE, SIDE, 1))
    pixels = images[..., None] + 0.3 * noise
    return tf.constant(pixels, tf.float32), tf.constant(labels, tf.int32)


def searcher(objectives=(), **settings):
    """Returns a compiled searcher of one slot after a 1x1 stem."""
    keras.utils.set_random_seed(0)
    fixed = spaces.Skeleton(
        name="striped",
        input_shape=(SIDE, SIDE, 1),
        num_classes=2,
        stem=spaces.Stem(kernel=1, channels=6),
        blocks=(spaces.Block("block1", 6, activation=True),),
        head=spaces.Head(),
    )
    space = spaces.with_operations(fixed, NAMES)
    settings = Settings(meta_kernel="branches", **settings)
    model = Searcher(space, objectives, settings)
    model.compile(keras.optimizers.SGD(0.1, 0.9), keras.optimizers.Adam(0.1))
    if objectives:
        model.cost_loss.set_table(small.mac_table(space))
    return model


def trained(model, steps):
    """Trains, in a graph if that pays; returns the last step's figures."""
    step = tf.function(model.train_step) if steps > 8 else model.train_step
    for number in range(steps):
        model.reset_metrics()
        figures = step((stripes(16, number), stripes(16, 1000 + number)))
    return {name: float(value) for name, value in figures.items()}


@pytest.mark.parametrize("sampling", ["softmax", "gumbel"])
def test_the_alpha_of_the_candidate_that_sees_the_classes_rises(sampling):
    model = searcher(sampling=sampling)
    trained(model, steps=30)
    (alpha,) = map(np.array, model.alphas)
    assert NAMES[alpha.argmax()] == "dw3"
    assert alpha[NAMES.index("dw3")] > 0.3


def test_a_strong_cost_draws_the_alphas_to_the_cheapest():
    model = searcher([Objective("macs", weight=100.0)], sampling="softmax")
    trained(model, steps=20)
    alpha = dict(zip(NAMES, np.array(model.alphas[0]), strict=True))
    # One tap costs less than nine.
    assert alpha["skip"] > max(alpha["avg3"], alpha["dw3"]) + 1.0


def test_paths_have_no_kernels_that_feedback_could_merge():
    apart, together = (searcher(feedback=given) for given in (False, True))
    assert together.kernels == together._kernel_momentums() == []
    for model in (apart, together):
        trained(model, steps=2)
    for one, other in zip(apart.weights, together.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradients_of_shared_kernels_are_those_of_the_mean_loss():
    model = searcher(sampling="softmax")
    model.searching.assign(0.0)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.1))
    images, labels = stripes(8, 0)
    weights = model.supernet.trainable_variables
    with tf.GradientTape() as tape:
        rows = tf.fill((2, len(NAMES)), 1.0 / len(NAMES))
        logits = model.supernet([images, rows], training=True)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        loss = tf.reduce_mean(each)
    found = tape.gradient(loss, [weight.value for weight in weights])
    expected = [w - 0.1 * g for w, g in zip(weights, found, strict=True)]
    model.train_step(((images, labels), stripes(8, 1)))
    for weight, value in zip(weights, expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=0, atol=1e-6)


def test_paths_may_share_the_batch():
    model = searcher(path_inputs="shared", num_paths=3, bilevel=False)
    figures = trained(model, steps=2)
    assert np.isfinite(figures["loss_path3"])
