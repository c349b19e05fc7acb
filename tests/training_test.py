"""The recipe of the weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import criteria, spaces, training
from ednas_tf.networks import derived, finiteness
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


def optimizers():
    """Returns each optimizer of the recipe and the plain one it is made of."""
    schedule = keras.optimizers.schedules.CosineDecay(0.01, 10)
    return [
        (training.weight_optimizer(0.1), keras.optimizers.SGD(0.1, 0.9)),
        (training.alpha_optimizer(0.05), keras.optimizers.Adam(0.05)),
        (training.channel_optimizer(0.01, 10), keras.optimizers.Adam(schedule)),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_optimizer_refuses_an_update_that_is_not_finite(place):
    optimizer, _ = optimizers()[place]
    variables = [keras.Variable(1.0), keras.Variable(2.0)]
    optimizer.build(variables)
    gradients = [tf.constant(1.0), tf.constant(np.inf)]
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.function(lambda: optimizer.apply(gradients, variables))()
    part = ("weights", "alphas", "channels")[place]
    assert finiteness.failed(caught.value) == part
    assert [float(v) for v in variables] == [1.0, 2.0]
    assert int(optimizer.iterations) == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_state_of_the_plain_optimizer_still_loads(place, tmp_path):
    models = []
    for optimizer in optimizers()[place]:
        image = keras.Input((2,))
        model = keras.Model(image, keras.layers.Dense(1, name="d")(image))
        optimizer.build(model.trainable_variables)
        model.compile(optimizer)
        models.append(model)
    guarded, plain = models
    plain.optimizer.variables[-1].assign([3.0])
    plain.save_weights(str(tmp_path / "state.weights.h5"))
    guarded.load_weights(str(tmp_path / "state.weights.h5"))
    ours, theirs = (m.optimizer.variables for m in models)
    assert [v.shape for v in ours] == [v.shape for v in theirs]
    np.testing.assert_array_equal(ours[-1], [3.0])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_optimizer_comes_back_from_its_configuration(place):
    optimizer, _ = optimizers()[place]
    saved = keras.optimizers.serialize(optimizer)
    restored = keras.optimizers.deserialize(saved)
    assert type(restored) is type(optimizer)
    assert restored.get_config() == optimizer.get_config()
