"""Whether numbers are finite, and which layer's are not."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf.networks import finiteness

BAD = [float("nan"), float("inf"), float("-inf")]


def refused(value, part=finiteness.ALPHAS):
    """Returns the error of an update by two gradients, run in a graph."""
    variable = tf.Variable(0.0)

    @tf.function
    def update(value):
        guard = finiteness.guard([tf.ones(3), None, value], part)
        with tf.control_dependencies([guard]):
            variable.assign(1.0)

    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        update(tf.constant([0.0, value]))
    assert float(variable) == 0.0
    return caught.value


@pytest.mark.parametrize("value", BAD)
def test_a_bad_gradient_is_refused_before_the_update(value):
    assert finiteness.failed(refused(value)) == finiteness.ALPHAS


@pytest.mark.parametrize("part", ["weights", "alphas", "channels"])
def test_the_error_tells_what_the_update_was_of(part):
    assert finiteness.failed(refused(float("nan"), part)) == part


def test_outside_of_a_graph_the_guard_fails_at_once():
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        finiteness.guard([tf.constant(np.nan)], finiteness.WEIGHTS)
    assert finiteness.failed(caught.value) == finiteness.WEIGHTS


def test_large_numbers_pass_the_guard():
    # Their sum would be infinite.
    finiteness.guard([tf.fill((8,), 3e38)], finiteness.WEIGHTS)


def test_nothing_to_update_passes_the_guard():
    finiteness.guard([None], finiteness.CHANNELS)


def test_other_errors_are_not_ours():
    other = tf.errors.InvalidArgumentError(None, None, "shapes differ")
    assert finiteness.failed(other) is None


@pytest.fixture
def network():
    """Returns three layers, each a multiple of the one before."""
    x = image = keras.Input((2,))
    for name in ("first", "second", "third"):
        layer = keras.layers.Dense(
            2, use_bias=False, kernel_initializer="identity", name=name
        )
        x = layer(x)
    return keras.Model(image, x)


def test_the_first_layer_that_overflows_is_named(network):
    for name in ("second", "third"):
        network.get_layer(name).kernel.assign(1e30 * np.eye(2))
    # 1e30 * 1e10 is above the largest float32, in the second row alone.
    images = np.float32([[1, 1], [1e10, 1], [0, 0]])
    name, bad = finiteness.first_output(network, images)
    assert name == "second"
    assert bad.tolist() == [False, True, False]


def test_no_layer_is_named_where_all_is_finite(network):
    assert finiteness.first_output(network, np.ones((3, 2), "float32")) is None


def test_looking_leaves_the_statistics_of_batch_norms_alone():
    image = keras.Input((2,))
    norm = keras.layers.BatchNormalization()
    outputs = keras.layers.ReLU()(norm(image))
    network = keras.Model(image, outputs)
    finiteness.first_output(network, np.full((3, 2), 5.0, "float32"))
    assert np.asarray(norm.moving_mean).tolist() == [0.0, 0.0]


def test_the_layer_nearest_to_the_loss_got_its_gradient_first(network):
    gradients = [np.full((2, 2), v) for v in (np.nan, np.inf, 1.0)]
    variables = network.trainable_variables
    name, gradient = finiteness.last_gradient(network, variables, gradients)
    assert name == "second"
    assert gradient is gradients[1]


def test_finite_and_missing_gradients_name_no_layer(network):
    variables = network.trainable_variables
    gradients = [np.ones((2, 2)), None, np.ones((2, 2))]
    assert finiteness.last_gradient(network, variables, gradients) is None


def test_the_first_bad_variable_is_found():
    seed, good = keras.Variable([7, 0], dtype="int64"), keras.Variable(1.0)
    bad = [keras.Variable(value) for value in BAD]
    assert finiteness.first_weight([seed, good, *bad]) is bad[0]
    assert finiteness.first_weight([seed, good]) is None


def test_rows_are_finite_one_by_one():
    values = np.array([[[1.0, np.nan]], [[1.0, 2.0]]])
    assert finiteness.finite_rows(values).tolist() == [False, True]
    assert finiteness.finite_rows(np.arange(3)).tolist() == [True] * 3


def test_variables_get_their_values_back_after_an_error():
    variable = keras.Variable(1.0)
    with pytest.raises(KeyError), finiteness.kept([variable]):
        variable.assign(2.0)
        raise KeyError
    assert float(variable) == 1.0
