"""Pruning and clustering of all kernels, by TFMOT."""

import dataclasses
import types

import keras
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.exporting import compression
from ednas_tf.exporting.optimization import fine_tuning, rebuilding
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


def compress(model, batches, loss, settings):
    """Prunes or clusters all kernels of a network while it trains on.

    Depthwise kernels and the classifier are no exceptions. Batch norms follow
    the statistics of the batches, except those that a fusion left neutral:
    they hold others than their inputs have.

    Args:
        model: Functional Keras model with a layer `logits`, or with layers
            `boxes` and `score_logits`, before its last softmax or sigmoid.
        batches: `tf.data.Dataset` of inputs and labels; each iteration is an
            epoch.
        loss: Function from labels and the output of these layers (joined on
            the last axis) to the loss of each example, `(batch,)`.
        settings: `compression.Settings` that name a method.

    Returns:
        `Compressed`.

    Raises:
        UserError: If the training diverges.
    """
    outfits = {compression.PRUNE: _Pruning, compression.CLUSTER: _Clustering}
    if settings.compress not in outfits:
        raise errors.unknown_name("compression", settings.compress, outfits)
    tf_keras.utils.set_random_seed(settings.seed)
    steps = settings.epochs * fine_tuning.num_steps(batches)
    outfit = outfits[settings.compress](settings, steps)
    network = rebuilding.Network(model, outfit, tf_keras, _KINDS)
    trainer = fine_tuning.Trainer(network, loss, settings, outfit.callback)
    epochs = trainer.run(batches, "compress_learning_rate")
    left = outfit.strip(network.served())
    result = keras.models.clone_model(model)
    for layer in result.layers:
        if layer.weights:
            layer.set_weights(left.get_layer(layer.name).get_weights())
    found = compression.describe(result)
    return Compressed(result, {"method": settings.compress, **epochs, **found})


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


_KINDS = types.SimpleNamespace(
    **{**vars(tf_keras.layers), "DepthwiseConv2D": _Depthwise}
)


class _Pruning(rebuilding.Outfit):
    """Sets the smallest weights of each kernel to zero, ever more of them.

    Args:
        settings: The `compression.Settings`.
        steps: Steps of the whole training.

    Attributes:
        callback: What has to watch the training.
    """

    def __init__(self, settings, steps):
        end = max(int(_PRUNED_BY * steps), 1)
        self.schedule = pruning.PolynomialDecay(
            0.0,
            settings.sparsity,
            begin_step=0,
            end_step=end,
            frequency=max(end // _INSTALMENTS, 1),
        )
        self.callback = pruning.UpdatePruningStep()

    def holds(self, norm):
        return rebuilding.is_neutral(norm)

    def dress(self, step, layer, trains):
        if step.kind not in KERNELS or not trains:
            return layer
        return pruning.prune_low_magnitude(
            layer, pruning_schedule=self.schedule
        )

    def strip(self, model):
        """Returns the model in plain layers."""
        return pruning.strip_pruning(model)


class _Clustering(rebuilding.Outfit):
    """Gives the weights of each kernel a few values to choose from.

    Args:
        settings: The `compression.Settings`.
        steps: Steps of the whole training, which do not matter.
    """

    def __init__(self, settings, steps):
        self.clusters = settings.clusters
        self.callback = None

    def holds(self, norm):
        return rebuilding.is_neutral(norm)

    def dress(self, step, layer, trains):
        if step.kind not in KERNELS or not trains:
            return layer
        if tf.size(getattr(layer, KERNELS[step.kind])) <= self.clusters:
            return layer
        start = clustering.CentroidInitialization.KMEANS_PLUS_PLUS
        return clustering.cluster_weights(layer, self.clusters, start)

    def further(self, layer):
        return list(getattr(layer, "cluster_centroids", {}).values())

    def strip(self, model):
        """Returns the model in plain layers."""
        return clustering.strip_clustering(model)
