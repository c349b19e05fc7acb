"""Pruning and clustering of all kernels, by TFMOT."""

import dataclasses
import types
import zlib

import keras
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.exporting import compression
from ednas_tf.exporting.optimization import fine_tuning, rebuilding, states
from ednas_tf.exporting.optimization.legacy import (
    clustering,
    pruning,
    tf_keras,
)
from ednas_tf.exporting.optimization.rebuilding import KERNELS

# Zeros come in that many instalments, in this first part of the training.
_INSTALMENTS = 20
_PRUNED_BY = 0.7


@dataclasses.dataclass(frozen=True, eq=False)
class Compressed:
    """A network with many zeros, or few different weights.

    Attributes:
        model: Keras model like the one that was given.
        summary: The `method`, `loss` and `seconds` of each epoch, and what
            `compression.describe` tells.
    """

    model: keras.Model
    summary: dict


def compress(model, epochs, loss, settings):
    """Prunes or clusters all kernels of a network while it trains on.

    Depthwise kernels and the classifier are no exceptions. Batch norms follow
    the statistics of the batches, except those that a fusion left neutral:
    they hold others than their inputs have.

    Args:
        model: Functional Keras model with a layer `logits`, or with layers
            `boxes` and `score_logits`, before its last softmax or sigmoid.
        epochs: `Epochs` of inputs and labels; with states, a training that
            was broken, or done, goes on from there.
        loss: Function from labels and the output of these layers (joined on
            the last axis) to the loss of each example, `(batch,)`.
        settings: `compression.Settings` that name a method.

    Returns:
        `Compressed`.

    Raises:
        DivergenceError: If the training diverges.
    """
    outfits = {compression.PRUNE: _Pruning, compression.CLUSTER: _Clustering}
    if settings.compress not in outfits:
        raise errors.unknown_name("compression", settings.compress, outfits)
    tf_keras.utils.set_random_seed(settings.seed)
    steps = settings.epochs * epochs.num_steps
    outfit = outfits[settings.compress](settings, steps)
    network = rebuilding.Network(model, outfit, tf_keras, _KINDS)
    trainer = fine_tuning.Trainer(network, loss, settings, outfit.callback)
    owner = states.fingerprint(model, settings, steps)
    rows = trainer.run(epochs, owner, "compress_learning_rate")
    left = outfit.strip(network.served())
    result = keras.models.clone_model(model)
    for layer in result.layers:
        if layer.weights:
            layer.set_weights(left.get_layer(layer.name).get_weights())
    found = compression.describe(result)
    return Compressed(result, {"method": settings.compress, **rows, **found})


class _Depthwise(
    tf_keras.layers.DepthwiseConv2D,
    pruning.PrunableLayer,
    clustering.ClusterableLayer,
):
    """The layer that TFMOT would otherwise leave as it is."""

    def get_prunable_weights(self):
        return [self.depthwise_kernel]

    def get_clusterable_weights(self):
        return [("depthwise_kernel", self.depthwise_kernel)]


class _Dropout(tf_keras.layers.Dropout):
    """Draws by the number of the step, as a state has it.

    What Keras draws depends on how often this process drew before.
    """

    def build(self, input_shape):
        """Makes the counter."""
        self.steps = self.add_weight(
            name="steps",
            shape=(),
            dtype=tf.int64,
            initializer="zeros",
            trainable=False,
        )
        super().build(input_shape)

    def call(self, inputs, training=None):
        """Drops inputs in training, each time others."""
        if not training:
            return tf.identity(inputs)
        step = self.steps.assign_add(1)
        own = zlib.crc32(self.name.encode()) + self.seed
        return tf.nn.experimental.stateless_dropout(
            inputs,
            self.rate,
            seed=tf.stack([tf.constant(own, step.dtype), step]),
        )


_KINDS = types.SimpleNamespace(
    **{
        **vars(tf_keras.layers),
        "DepthwiseConv2D": _Depthwise,
        "Dropout": _Dropout,
    }
)


class _Compression(rebuilding.Outfit):
    """What pruning and clustering share.

    Args:
        settings: The `compression.Settings`.
    """

    def __init__(self, settings):
        self.seed = settings.seed

    def holds(self, norm):
        return rebuilding.is_neutral(norm)

    def dress(self, step, layer, trains):
        if step.kind == "Dropout":
            layer.seed = self.seed
        if step.kind not in KERNELS or not trains:
            return layer
        return self.wrap(layer, getattr(layer, KERNELS[step.kind]))


class _Pruning(_Compression):
    """Sets the smallest weights of each kernel to zero, ever more of them.

    Args:
        settings: The `compression.Settings`.
        steps: Steps of the whole training.

    Attributes:
        callback: What has to watch the training.
    """

    def __init__(self, settings, steps):
        super().__init__(settings)
        end = max(int(_PRUNED_BY * steps), 1)
        self.schedule = pruning.PolynomialDecay(
            0.0,
            settings.sparsity,
            begin_step=0,
            end_step=end,
            frequency=max(end // _INSTALMENTS, 1),
        )
        self.callback = pruning.UpdatePruningStep()

    def wrap(self, layer, kernel):
        """Returns the layer with a kernel of ever more zeros."""
        return pruning.prune_low_magnitude(
            layer, pruning_schedule=self.schedule
        )

    def strip(self, model):
        """Returns the model in plain layers."""
        return pruning.strip_pruning(model)


class _Clustering(_Compression):
    """Gives the weights of each kernel a few values to choose from.

    Args:
        settings: The `compression.Settings`.
        steps: Steps of the whole training, which do not matter.
    """

    def __init__(self, settings, steps):
        super().__init__(settings)
        self.clusters = settings.clusters
        self.callback = None

    def wrap(self, layer, kernel):
        """Returns the layer with a kernel of few values."""
        if tf.size(kernel) <= self.clusters:
            return layer
        start = clustering.CentroidInitialization.KMEANS_PLUS_PLUS
        return clustering.cluster_weights(layer, self.clusters, start)

    def further(self, layer):
        return list(getattr(layer, "cluster_centroids", {}).values())

    def strip(self, model):
        """Returns the model in plain layers."""
        return clustering.strip_clustering(model)
