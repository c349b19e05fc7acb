"""The recipe of the weights."""

import keras
import numpy as np
import pytest

from ednas_tf import criteria, spaces, training
from ednas_tf.networks import derived
from tests import small


def test_rate_warms_up_linearly_and_falls_as_a_cosine():
    rate = training.learning_rate(0.65, 256, steps=110, warmup_steps=10)
    received = [float(rate(step)) for step in (0, 5, 10, 35, 60, 85, 110)]
    cosine = [
        0.5 * (1 + np.cos(np.pi * share)) for share in (0, 0.25, 0.5, 0.75)
    ]
    expected = [0.0, 0.325, *(0.65 * c for c in cosine), 0.0]
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("batch_size", "highest"), [(64, 0.1625), (256, 0.65), (1024, 0.65)]
)
def test_small_batches_get_a_proportional_rate(batch_size, highest):
    rate = training.learning_rate(0.65, batch_size, steps=10, warmup_steps=0)
    assert float(rate(0)) == pytest.approx(highest)
    assert float(rate(10)) == pytest.approx(0.0, abs=1e-8)


def weights_after(optimizer, gradients, name="kernel"):
    """Returns a weight that starts at 1 after steps with given gradients."""
    variable = keras.Variable(1.0, name=name)
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return float(variable)


def test_nesterov_step_by_hand():
    optimizer = training.weight_optimizer(0.1, weight_decay=0.0)
    # Speeds: v1 = -0.1 and v2 = 0.9 v1 - 0.1; a step adds 0.9 v - 0.1.
    first = 1.0 - 0.09 - 0.1
    expected = first + 0.9 * (0.9 * -0.1 - 0.1) - 0.1
    assert weights_after(optimizer, [1.0, 1.0]) == pytest.approx(expected)


def test_decay_is_in_the_long_run_that_of_an_l2_loss():
    decayed = weights_after(
        training.weight_optimizer(0.01, weight_decay=0.01), [0.0] * 200
    )
    loss = keras.Variable(1.0)
    plain = training.weight_optimizer(0.01, weight_decay=0.0)
    plain.build([loss])
    for _ in range(200):
        plain.apply([0.01 * keras.ops.convert_to_tensor(loss)], [loss])
    assert np.log(decayed) == pytest.approx(np.log(float(loss)), rel=0.05)


@pytest.mark.parametrize("name", ["gamma", "beta", "bias"])
def test_norms_and_biases_do_not_decay(name):
    optimizer = training.weight_optimizer(0.1, weight_decay=0.5)
    assert weights_after(optimizer, [0.0, 0.0], name) == 1.0


def test_kernels_decay_in_a_network_and_nothing_else():
    chosen = spaces.choose(small.skeleton(), ["dw3", "avg3", "skip"])
    network = derived.build_for_training(chosen)
    before = {w.path: np.array(w) for w in network.weights}
    trained = network.trainable_variables
    optimizer = training.weight_optimizer(0.1, weight_decay=0.5)
    optimizer.apply([np.zeros(w.shape) for w in trained], trained)
    changed = {
        w.path.split("/")[-1]
        for w in network.weights
        if (np.array(w) != before[w.path]).any()
    }
    assert changed == {"kernel"}
    constant = network.get_layer("block2_conv").get_weights()[0]
    np.testing.assert_allclose(constant, 1 / 9)


def test_alphas_forget_sooner_than_adam_by_default():
    optimizer = training.alpha_optimizer(0.05)
    assert optimizer.beta_1 == 0.5
    assert float(optimizer.learning_rate) == pytest.approx(0.05)


def test_compiled_classifier_learns_integer_labels():
    keras.utils.set_random_seed(0)
    network = derived.build_for_training(
        spaces.choose(small.skeleton(), ["dw3"] * 3)
    )
    optimizer = training.weight_optimizer(0.1)
    criterion = criteria.of(small.skeleton(), 0.1)
    training.compile_network(network, optimizer, criterion)
    images, labels = small.batch(16)
    history = network.fit(images, labels, epochs=15, verbose=0).history
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    assert history["accuracy"][-1] > history["accuracy"][0]
