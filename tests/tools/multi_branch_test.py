"""The multi-branch supernets compute what they are compared for."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import training
from tests import small
from tools.benchmarks import cases, multi_branch

_NAMES = ("dw3", "dw5")
_MODELS = (multi_branch.searcher, multi_branch.KerasSearcher)


def slot_model():
    """Returns a model of one slot of stride 2, of Keras's own layers."""
    space = small.space(_NAMES, channels=(4,), size=7)
    parts = multi_branch.KerasSearcher(space).network
    name = space.slots[0].name
    image = parts.get_layer("stem_pointwise_relu").output
    sums = parts.get_layer(f"{name}_sum")
    branches = [parts.get_layer(f"{name}_{n}_norm").output for n in _NAMES]
    model = keras.Model(image, [sums.output, *branches])
    return model, sums, image.shape


def test_a_slot_is_the_weighted_sum_of_its_candidates():
    model, sums, shape = slot_model()
    sums.alpha.assign([0.0, np.log(3.0)])
    total, first, second = model(small.normal(2, *shape[1:]), training=True)
    expected = 0.25 * np.asarray(first) + 0.75 * np.asarray(second)
    np.testing.assert_allclose(total, expected, rtol=0, atol=1e-6)


def give(ours, theirs):
    """Copies the weights of our supernet to the one of Keras's layers."""
    slots = {layer.name: layer for layer in ours.layers}
    for layer in theirs.layers:
        name, _, operation = layer.name.rpartition("_")[0].rpartition("_")
        slot = slots.get(f"{name}_conv")
        if layer.name in slots:
            layer.set_weights(slots[layer.name].get_weights())
        elif layer.name.endswith("_conv"):
            layer.set_weights([slot.candidate(operation)])
        elif layer.name.endswith("_norm"):
            layer.set_weights(slot.norm(operation).get_weights())


def test_our_layers_and_keras_own_give_the_same_logits():
    space = small.space(_NAMES, expansion=2)
    ours, theirs = (kind(space) for kind in _MODELS)
    small.randomize(ours.supernet)
    give(ours.supernet, theirs.network)
    for gate, sums in zip(ours.gates, theirs.sums, strict=True):
        gate.alpha.assign([0.5, -0.5])
        sums.alpha.assign([0.5, -0.5])
    images, _ = small.batch()
    rows = [np.asarray(p)[None] for p in ours.probabilities()]
    one = ours.supernet([images, *rows], training=True)
    other = theirs.network(images, training=True)
    assert small.difference(one, other) < 1e-4


def stepped(kind):
    """Returns alphas and weights before and after a step."""
    model = kind(small.space(_NAMES))
    model.compile(training.weight_optimizer(0.1), training.alpha_optimizer(0.1))
    variables = model.alphas, model.network_weights
    before = [list(map(np.array, some)) for some in variables]
    batch = tuple(map(tf.constant, small.batch()))
    ours = kind is multi_branch.searcher
    figures = model.train_step((batch, batch) if ours else batch)
    assert np.isfinite(float(figures["loss"]))
    return before, [list(map(np.array, some)) for some in variables]


@pytest.mark.parametrize("kind", _MODELS)
def test_a_step_moves_alphas_and_weights(kind):
    before, after = stepped(kind)
    for old, new in zip(before, after, strict=True):
        moved = [
            not np.array_equal(*pair) for pair in zip(old, new, strict=True)
        ]
        assert np.mean(moved) > 0.8


def test_our_layers_run_as_a_case():
    case = cases.Case("branches", "tiny", _NAMES, batch=2, side=8)
    figures = multi_branch.build(case).steps["step"].run()
    assert np.isfinite(figures).all()
