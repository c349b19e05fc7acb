"""The search step: paths, feedback, alphas, costs."""

import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from ednas_tf.searchers import Objective, Searcher, Settings
from tests import small

NAMES = ("dw3", "dw5", "skip")
RATE = 0.05
SIDE = 5


def searcher(weight_optimizer=None, objectives=(), **settings):
    """Returns a compiled searcher, the same one each time."""
    keras.utils.set_random_seed(0)
    space = small.space(NAMES, size=SIDE, channels=(4, 4, 2))
    model = Searcher(space, objectives, Settings(**settings))
    sgd = weight_optimizer or keras.optimizers.SGD(RATE)
    model.compile(sgd, keras.optimizers.Adam(0.1, beta_1=0.5))
    if objectives:
        model.cost_loss.set_table(small.mac_table(model.space))
    return model


def batches(steps, size=8):
    """Returns pairs of batches; the second half of each is brighter."""
    for step in range(steps):
        images, labels = small.batch(size, seed=step, side=SIDE)
        images[size // 2 :] *= 1.5
        other = tensors(size, seed=1000 + step)
        yield (tf.constant(images), tf.constant(labels)), other


def tensors(size=8, seed=0):
    """Returns a batch as a step receives it."""
    return tuple(map(tf.constant, small.batch(size, seed, side=SIDE)))


def trained(model, steps=2):
    """Trains, in a graph when it is worth one; returns figures by step."""
    step = tf.function(model.train_step) if steps > 8 else model.train_step
    figures = []
    for batch in batches(steps):
        model.reset_metrics()
        figures.append({k: float(v) for k, v in step(batch).items()})
    return figures


def kernels(model):
    return [np.array(kernel) for kernel in model.kernels]


def even_rows(num_paths):
    """Returns what `softmax` draws from alphas of zero, for three slots."""
    return [tf.fill((num_paths, len(NAMES)), 1.0 / len(NAMES))] * 3


class Tied:
    """Oracle: one kernel for all paths, its gradients weighted by beta.

    It repeats nothing of the searcher but the network: losses, feedback
    weights and the optimizer's algebra are written out.
    """

    def __init__(self, model, rate, momentum):
        self.net, self.model = model.supernet, model
        self.weights = self.net.trainable_variables
        self.kernels = {id(kernel) for kernel in model.kernels}
        self.speeds = [np.zeros(w.shape) for w in self.weights]
        self.rate, self.momentum = rate, momentum

    def losses(self, images, labels):
        logits = self.net([images, *self.model._draw()], training=True)
        if self.model.settings.path_inputs == "shared":
            labels = tf.concat([labels, labels], axis=0)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return [tf.reduce_mean(part) for part in tf.split(each, 2)]

    def step(self, images, labels):
        with tf.GradientTape() as tape:
            first, second = self.losses(images, labels)
            total = (first + second) / 2.0
        found = tape.gradient(total, [w.value for w in self.weights])
        scores = np.tanh([1.0 / float(first), 1.0 / float(second)])
        beta = scores / scores.sum()
        for place, weight in enumerate(self.weights):
            gradient = np.asarray(found[place])
            if id(weight) in self.kernels:
                own = 2.0 * gradient  # Of the path's loss, not of the mean.
                tied = beta[0] * own[0] + beta[1] * own[1]
                gradient = np.stack([tied, tied])
            step = self.rate * gradient
            self.speeds[place] = self.momentum * self.speeds[place] - step
            nesterov = self.momentum * self.speeds[place] - step
            weight.assign(np.asarray(weight) + nesterov)
        return beta


@pytest.mark.parametrize("path_inputs", ["split", "shared"])
@pytest.mark.parametrize(("rate", "momentum"), [(0.05, 0.0), (0.01, 0.9)])
def test_two_kernels_with_feedback_equal_one_tied_kernel(
    path_inputs, rate, momentum
):
    sgd = keras.optimizers.SGD(rate, momentum=momentum, nesterov=momentum > 0)
    two = searcher(sgd, path_inputs=path_inputs)
    two.searching.assign(0.0)
    one = searcher(path_inputs=path_inputs)  # The seed repeats the draws.
    oracle = Tied(one, rate, momentum)
    figures = trained(two, steps=20)
    beta = [oracle.step(*batch) for batch, _ in batches(20)]
    received = [row["feedback_weight1"] for row in figures]
    np.testing.assert_allclose(received, np.array(beta)[:, 0], atol=1e-6)
    assert np.ptp(received) > 1e-3
    for here, there in zip(
        two.supernet.weights, one.supernet.weights, strict=True
    ):
        np.testing.assert_allclose(here, there, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("mode", ["shared", "independent"])
def test_feedback_leaves_the_paths_equal(mode):
    model = searcher(meta_kernel=mode)
    before = kernels(model)
    trained(model)
    for kernel, old in zip(kernels(model), before, strict=True):
        np.testing.assert_array_equal(kernel[0], kernel[1])
        assert (kernel != old).any()


def test_without_feedback_the_paths_go_apart():
    model = searcher(feedback=False)
    trained(model)
    assert all((k[0] != k[1]).any() for k in kernels(model))


def test_feedback_is_the_weighted_sum_of_the_paths_apart():
    apart, together = searcher(feedback=False), searcher()
    figures = trained(together, steps=1)[0]
    trained(apart, steps=1)
    beta = [figures["feedback_weight1"], figures["feedback_weight2"]]
    for one, two in zip(kernels(together), kernels(apart), strict=True):
        expected = beta[0] * two[0] + beta[1] * two[1]
        np.testing.assert_allclose(one[0], expected, rtol=0, atol=1e-6)


def test_momentum_of_the_kernels_is_merged():
    model = searcher(keras.optimizers.SGD(RATE, momentum=0.9))
    trained(model)
    merged = model._kernel_momentums()
    assert len(merged) == len(model.kernels)
    for momentum in merged:
        values = np.asarray(momentum)
        np.testing.assert_array_equal(values[0], values[1])
        assert values.any()


@pytest.mark.parametrize("num_paths", [1, 3])
@pytest.mark.parametrize("path_inputs", ["split", "shared"])
def test_any_number_of_paths_trains(num_paths, path_inputs):
    keras.utils.set_random_seed(0)
    model = searcher(num_paths=num_paths, path_inputs=path_inputs)
    batch = tensors(6)
    figures = model.train_step((batch, batch))
    weights = [figures[f"feedback_weight{p + 1}"] for p in range(num_paths)]
    assert sum(map(float, weights)) == pytest.approx(1.0, abs=1e-5)
    assert f"loss_path{num_paths + 1}" not in figures
    assert np.isfinite(float(figures["loss"]))


def test_one_path_is_plain_training():
    model = searcher(num_paths=1, sampling="softmax")
    model.searching.assign(0.0)
    (images, labels), other = next(batches(1))
    weights = model.supernet.trainable_variables
    with tf.GradientTape() as tape:
        logits = model.supernet([images, *even_rows(1)], training=True)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        loss = tf.reduce_mean(each)
    found = tape.gradient(loss, [w.value for w in weights])
    expected = [w - RATE * g for w, g in zip(weights, found, strict=True)]
    model.train_step(((images, labels), other))
    for weight, value in zip(weights, expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=0, atol=1e-6)


def test_alphas_rest_during_the_warm_up():
    model = searcher()
    model.searching.assign(0.0)
    trained(model)
    assert not np.any(model.alphas)
    model.searching.assign(1.0)
    trained(model)
    assert np.all([np.any(alpha) for alpha in model.alphas])


def after_one_step(alpha_seed, searching=1.0, **settings):
    """Returns alphas and kernels; only the batch for alphas changes."""
    model = searcher(sampling="softmax", **settings)
    model.searching.assign(searching)
    model.train_step((tensors(seed=0), tensors(seed=alpha_seed)))
    return np.concatenate(model.alphas), np.concatenate(kernels(model), None)


def test_alphas_learn_from_their_own_batch():
    one, two = after_one_step(alpha_seed=1), after_one_step(alpha_seed=2)
    assert (one[0] != two[0]).all()


def test_weights_do_not_see_the_batch_of_the_alphas():
    one, two = (after_one_step(seed, searching=0.0) for seed in (1, 2))
    np.testing.assert_array_equal(one[1], two[1])


def test_joint_training_sees_only_the_batch_of_the_weights():
    one, two = (after_one_step(seed, bilevel=False) for seed in (1, 2))
    assert one[0].any()
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])


@pytest.mark.parametrize(
    ("bilevel", "sampling"),
    [(True, "gumbel"), (True, "softmax"), (True, "hard"), (False, "gumbel")],
)
def test_a_strong_cost_draws_the_alphas_to_the_cheapest(bilevel, sampling):
    wanted = [Objective("macs", weight=100.0)]
    model = searcher(objectives=wanted, bilevel=bilevel, sampling=sampling)
    figures = trained(model, steps=8)
    for alpha in model.alphas:
        assert np.argmax(alpha) == NAMES.index("skip")
        assert np.argmin(alpha) == NAMES.index("dw5")
    assert figures[-1]["expected_macs"] < figures[0]["expected_macs"]


def test_expected_cost_is_told_in_its_own_unit():
    model = searcher(objectives=[Objective("macs")])
    model.searching.assign(0.0)
    table = small.mac_table(model.space)
    expected = table.fixed["macs"] + sum(map(np.mean, table.slots["macs"]))
    figures = trained(model, steps=1)[0]
    assert figures["expected_macs"] == pytest.approx(expected, rel=1e-6)


def test_multiplier_rises_only_while_the_alphas_learn():
    model = searcher(objectives=[Objective("macs", budget=1.0)])
    model.searching.assign(0.0)
    trained(model)
    assert float(model.cost_loss.multipliers[0]) == 0.0
    model.searching.assign(1.0)
    trained(model)
    assert float(model.cost_loss.multipliers[0]) > 0.0


def test_evaluation_is_that_of_the_network_weighted_by_softmax():
    model = searcher(label_smoothing=0.0)
    for alpha in model.alphas:
        alpha.assign([1.0, -1.0, 0.5])
    images, labels = small.batch(side=SIDE)
    shares = scipy.special.softmax(np.float32([[1.0, -1.0, 0.5]]), axis=1)
    logits = np.asarray(model.supernet([images, *[shares] * 3]))
    logs = scipy.special.log_softmax(logits, axis=1)
    expected = -logs[np.arange(len(labels)), labels].mean()
    figures = model.evaluate(images, labels, verbose=0, return_dict=True)
    accuracy = np.mean(logits.argmax(axis=1) == labels)
    assert figures["loss"] == pytest.approx(expected, rel=1e-5)
    assert figures["accuracy"] == pytest.approx(accuracy, abs=1e-6)


def test_slots_draw_on_their_own_and_the_seed_repeats_them():
    draws = [np.array(searcher(seed=s)._draw()) for s in (0, 0, 9)]
    assert (draws[0][0] != draws[0][1]).all()
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).all()


def test_the_search_learns_by_fit():
    model = searcher(keras.optimizers.SGD(0.1, momentum=0.9))
    images, labels = small.batch(16, side=SIDE)
    pairs = tf.data.Dataset.from_tensors(((images, labels),) * 2).repeat(20)
    history = model.fit(pairs, epochs=3, verbose=0).history
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["accuracy"][-1] > history["accuracy"][0]
