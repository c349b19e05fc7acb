"""Steps of the search and of plain training, and a matrix product."""

import keras
import numpy as np
import tensorflow as tf

from ednas_tf import criteria, training
from ednas_tf.networks import derived
from ednas_tf.searchers import Objective, Searcher, Settings
from tools.benchmarks import cases, networks

COST = Objective("latency_us", networks.LATENCY_WEIGHT)


def build(case):
    """Returns the `Built` of a `train`, `search`, `growth` or `matmul`."""
    keras.utils.set_random_seed(0)
    kinds = {
        "train": _train,
        "search": _search,
        "growth": _growth,
        "matmul": _matmul,
    }
    return kinds[case.kind](case)


def search_step(case, searched, kind=Searcher):
    """Returns the `Step` of a search of a space, compiled.

    Args:
        case: The `Case`, with the settings of the search.
        searched: The `SearchSpace`.
        kind: `Searcher` or a subclass.
    """
    settings = Settings(
        num_paths=case.paths,
        path_inputs=case.path_inputs,
        bilevel=case.bilevel,
    )
    model = kind(searched, (COST,), settings)
    compile_search(model)
    pair = batch(case), batch(case, seed=1)
    # With one batch for both, a step is half of a pair's work.
    return graph_step(model, pair, units=2 if case.bilevel else 1)


def compile_search(model):
    """Gives a search its optimizers and its costs."""
    model.compile(
        training.weight_optimizer(networks.WEIGHT_RATE),
        training.alpha_optimizer(networks.ALPHA_RATE),
    )
    model.cost_loss.set_table(networks.cost_table(model.space))


def batch(case, seed=0):
    """Returns a constant `(images, labels)`.

    Speed does not depend on the values, so noise and arbitrary labels serve.
    """
    rng = np.random.default_rng(seed)
    shape = (case.batch, case.side, case.side, case.image_channels)
    labels = rng.integers(0, networks.NUM_CLASSES, case.batch)
    return (
        tf.constant(rng.normal(size=shape), tf.float32),
        tf.constant(labels, tf.int32),
    )


def graph_step(model, data, units=1):
    """Returns the `Step` of a compiled model on constant data."""
    graph = tf.function(lambda: model.train_step(data))

    def run():
        # Reading the figures waits for the step, as a training loop does.
        return [value.numpy() for value in graph().values()]

    return cases.Step(run, units)


def _train(case):
    searched = _space(case)
    model = derived.build_for_training(networks.largest(searched))
    optimizer = training.weight_optimizer(networks.WEIGHT_RATE)
    criterion = criteria.of(searched.skeleton)
    training.compile_network(model, optimizer, criterion)
    return cases.Built({"step": graph_step(model, batch(case))})


def _search(case):
    return cases.Built({"step": search_step(case, _space(case))})


def _growth(case):
    steps = {}
    for count in case.counts:
        name = f"{count} again" if str(count) in steps else str(count)
        searched = _space(case, case.operations[:count])
        steps[name] = search_step(case, searched)
    return cases.Built(steps)


def _matmul(case):
    del case  # Its size is fixed.
    shape = (networks.MATRIX_SIDE, networks.MATRIX_SIDE)
    matrix = tf.random.stateless_normal(shape, seed=(0, 0))
    graph = tf.function(lambda: tf.matmul(matrix, matrix)[0, 0])
    return cases.Built({"step": cases.Step(lambda: graph().numpy())})


def _space(case, operations=None):
    return networks.space(
        case.network,
        operations or case.operations,
        case.side,
        case.image_channels,
    )
