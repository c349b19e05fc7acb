"""What a training that left the finite numbers tells."""

import contextlib

import tensorflow as tf

from ednas_tf import errors
from ednas_tf.data import pipeline
from ednas_tf.networks import finiteness
from ednas_tf.searchers import Searcher
from ednas_tf.stages import causes

_SEARCH_RATES = {
    finiteness.WEIGHTS: "weight_learning_rate",
    finiteness.ALPHAS: "alpha_learning_rate",
    finiteness.CHANNELS: "channel_learning_rate",
}
_TRAIN_RATES = {finiteness.WEIGHTS: "learning_rate"}


@contextlib.contextmanager
def told(model, batches):
    """Turns the refusal of an update into a `DivergenceError` that explains.

    It is to be put around `fit`. The model keeps the weights of the step
    before, and files are left alone.

    Args:
        model: `Searcher` or network, compiled with optimizers of `training`.
        batches: Function of a `pipeline.Position` that returns the batches
            from there, the same each time.
    """
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        part = finiteness.failed(error)
        if part is None:
            raise
        raise _explained(model, batches, part) from error


def _explained(model, batches, part):
    steps = int(batches(pipeline.Position()).cardinality())
    # It has counted all updates since the beginning, whatever broke off.
    epoch, step = divmod(int(model.optimizer.iterations), steps)
    (batch,) = batches(pipeline.Position(epoch, step)).take(1)
    cause = causes.find(model, batch, part)
    place = ", ".join([f"epoch {epoch + 1}, step {step + 1}", *_paths(cause)])
    return errors.DivergenceError(
        f"Training diverged in {place}: {cause.told}. {_kept(epoch)}; "
        f"{_advice(cause, isinstance(model, Searcher))}."
    )


def _paths(cause):
    if not cause.paths:
        return []
    some = "path" if len(cause.paths) == 1 else "paths"
    return [f"{some} {' and '.join(map(str, cause.paths))}"]


def _kept(epoch):
    if epoch == 0:
        return "No epoch was done before"
    return f"The last good state (epoch {epoch}) is kept"


def _advice(cause, searches):
    if cause.blamed == causes.DATA:
        return "repair the data of --dataset, no learning rate helps"
    if cause.blamed == causes.COSTS:
        return (
            "check the costs with `python -m ednas_tf.lut --action=check`, and "
            "the weights and budgets that were given"
        )
    if searches:
        rate = _SEARCH_RATES[cause.blamed]
        return f"use a lower --{rate} with --overwrite, or another --seed"
    # The search need not be done again.
    rate = _TRAIN_RATES[cause.blamed]
    return (
        f"use a lower --{rate} with --overwrite, or another --seed, for "
        "`python -m ednas_tf.train`"
    )
