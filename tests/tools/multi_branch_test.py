"""The multi-branch supernet computes what it is compared for."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import training
from tests import small
from tools.benchmarks import multi_branch

_NAMES = ("dw3", "dw5")


def slot_model(fast):
    """Returns a model of one slot of stride 2, and its `Branches`."""
    space = small.space(_NAMES, channels=(4,), size=7)
    parts = multi_branch.searcher(space, fast).network
    name = space.slots[0].name
    image = parts.get_layer("stem_pointwise_relu").output
    sums = parts.get_layer(f"{name}_sum")
    branches = [parts.get_layer(f"{name}_{n}_norm").output for n in _NAMES]
    model = keras.Model(image, [sums.output, *branches])
    return model, sums, image.shape


@pytest.mark.parametrize("fast", [True, False])
def test_a_slot_is_the_weighted_sum_of_its_candidates(fast):
    model, sums, shape = slot_model(fast)
    sums.alpha.assign([0.0, np.log(3.0)])
    total, first, second = model(small.normal(2, *shape[1:]), training=True)
    expected = 0.25 * np.asarray(first) + 0.75 * np.asarray(second)
    np.testing.assert_allclose(total, expected, rtol=0, atol=1e-6)


def test_our_layers_and_keras_own_give_the_same_logits():
    space = small.space(_NAMES, expansion=2)
    models = [multi_branch.searcher(space, fast) for fast in (True, False)]
    for model in models:
        keras.utils.set_random_seed(0)
        small.randomize(model.network)
    images, _ = small.batch()
    one, other = (model.network(images, training=True) for model in models)
    assert small.difference(one, other) < 1e-4


def stepped(fast):
    """Returns alphas and weights before and after a step."""
    model = multi_branch.searcher(small.space(_NAMES), fast)
    model.compile(training.weight_optimizer(0.1), training.alpha_optimizer(0.1))
    variables = model.alphas, model.network_weights
    before = [list(map(np.array, some)) for some in variables]
    figures = model.train_step(tuple(map(tf.constant, small.batch())))
    assert np.isfinite(float(figures["loss"]))
    return before, [list(map(np.array, some)) for some in variables]


@pytest.mark.parametrize("fast", [True, False])
def test_a_step_moves_alphas_and_weights(fast):
    before, after = stepped(fast)
    for old, new in zip(before, after, strict=True):
        moved = [
            not np.array_equal(*pair) for pair in zip(old, new, strict=True)
        ]
        assert np.mean(moved) > 0.8
