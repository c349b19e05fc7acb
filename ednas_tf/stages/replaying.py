"""A step of a training once more, to see what happened in it."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ednas_tf.networks import finiteness
from ednas_tf.searchers import Searcher


@dataclasses.dataclass(frozen=True, eq=False)
class Replay:
    """What a step that failed computed.

    Attributes:
        network: The functional model that was trained.
        inputs: What it read in the step, as it takes it.
        batch: Images and labels.
        gates: The layers with the alphas, by what they are; see `finiteness`.
        cost_loss: The `CostLoss` of a search, else None.
        losses: Function without arguments that returns the loss of each
            path, shape `(paths,)`.
        total: Function of these losses that returns what was minimised.
        rows: Rows of what the network gives, a path after the other; None
            where there are no paths.
    """

    network: keras.Model
    inputs: list | tf.Tensor
    batch: tuple
    losses: Callable
    total: Callable
    gates: dict = dataclasses.field(default_factory=dict)
    cost_loss: keras.layers.Layer | None = None
    rows: int | None = None

    def gradients(self, variables):
        """Returns the gradients of what was minimised; None where none is."""
        values = [variable.value for variable in variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            total = self.total(self.losses())
        return tape.gradient(total, values)


def of(model, batch, part):
    """Returns the `Replay` of a step whose update was refused.

    Args:
        model: `Searcher`, or the network of the final training.
        batch: What the pipeline gave.
        part: What the update was of, see `finiteness`.
    """
    if isinstance(model, Searcher):
        return _of_search(model, batch, part)
    images, labels = batch
    return Replay(
        network=model,
        inputs=images,
        batch=batch,
        losses=lambda: model.loss(labels, model(images, training=True))[None],
        total=ops.mean,
    )


def _of_search(searcher, batches, part):
    settings = searcher.settings
    of_weights = part == finiteness.WEIGHTS
    second = settings.bilevel and not of_weights
    images, labels = batch = batches[1 if second else 0]
    draw = _last_draw(searcher)
    masks = [gate.mask()[None] for gate in searcher.channel_gates]
    shared = settings.path_inputs == "shared"

    def total(losses):
        if of_weights and settings.bilevel:
            return ops.mean(losses)
        means = [ops.mean(rows, axis=0) for rows in draw()]
        return ops.mean(losses) + searcher.cost_loss(means, searcher.counts())

    return Replay(
        network=searcher.supernet,
        inputs=[images, *draw(), *masks],
        batch=batch,
        losses=lambda: searcher.path_losses(images, labels, draw()),
        total=total,
        gates={
            finiteness.ALPHAS: searcher.gates,
            finiteness.CHANNELS: searcher.channel_gates,
        },
        cost_loss=searcher.cost_loss,
        rows=len(images) * (settings.num_paths if shared else 1),
    )


def _last_draw(searcher):
    """Returns a function that draws what the last step drew, again and again.

    Each generator counts its draws, and a step ends with the refused update.
    """
    paths = searcher.settings.num_paths
    counts = [gate.seed_generator.state for gate in searcher.gates]

    def draw():
        with finiteness.kept(counts):
            for count in counts:
                seed, number = np.asarray(count)
                count.assign([seed, max(int(number), 1) - 1])
            return [
                gate(searcher.temperature.value, num_paths=paths)
                for gate in searcher.gates
            ]

    return draw
