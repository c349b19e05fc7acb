"""DARTS-style supernets: every candidate runs, outputs are averaged."""

import keras
import tensorflow as tf
from keras import ops

from ednas_tf.layers import operations
from ednas_tf.networks import body, supernet
from ednas_tf.searchers import Searcher, Settings, cost_loss
from tools.benchmarks import cases, networks, tensorflow_steps


class WeightedSum(keras.layers.Layer):
    """Adds the outputs of a slot's candidates, weighted by `softmax(alpha)`."""

    def build(self, input_shape):
        """Creates `alpha`, one value per candidate."""
        self.alpha = self.add_weight(
            name="alpha", shape=(len(input_shape),), initializer="zeros"
        )
        self.built = True

    def call(self, outputs):
        """Adds tensors `(batch, height, width, channels)`."""
        weights = ops.unstack(ops.softmax(self.alpha), len(outputs))
        return sum(w * x for w, x in zip(weights, outputs, strict=True))


class Branches(body.Parts):
    """Fills a slot with each candidate and a batch norm after each.

    Args:
        space: A `SearchSpace`.
    """

    def __init__(self, space):
        super().__init__()
        self.operations = {slot.name: slot.operations for slot in space.slots}
        self.sums = []

    def slot(self, x, name, stride):
        """Applies the slot called `name`."""
        outputs = []
        for operation in self.operations[name]:
            branch = f"{name}_{operation}"
            output = operations.apply(x, f"{branch}_conv", operation, stride)
            outputs.append(self.normalize(output, branch))
        self.sums.append(WeightedSum(name=f"{name}_sum"))
        return self.sums[-1](outputs)


class KerasSearcher(keras.Model):
    """Learns a multi-branch supernet of Keras's own layers from one batch.

    Losses, figures and optimizers are those of `searchers.Searcher` with the
    settings of `searcher`.

    Args:
        space: A `SearchSpace`.
        objectives: `Objective` values.
    """

    def __init__(self, space, objectives=(), **kwargs):
        super().__init__(**kwargs)
        self.space = space
        parts = Branches(space)
        self.network = body.build(space.skeleton, parts)
        self.sums = parts.sums
        self.cost_loss = cost_loss.CostLoss(
            [len(slot.operations) for slot in space.slots], objectives
        )
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.built = True

    def compile(self, weight_optimizer, alpha_optimizer):
        """Builds one optimizer on the weights and one on the alphas."""
        super().compile(optimizer=weight_optimizer, jit_compile=False)
        self.alpha_optimizer = alpha_optimizer
        weight_optimizer.build(self.network_weights)
        alpha_optimizer.build(self.alphas)

    @property
    def alphas(self):
        """Variables `(num_operations,)`, one per slot."""
        return [layer.alpha for layer in self.sums]

    @property
    def network_weights(self):
        """Trainable variables of the network but the alphas."""
        alphas = {id(alpha) for alpha in self.alphas}
        found = self.network.trainable_variables
        return [variable for variable in found if id(variable) not in alphas]

    def train_step(self, data):
        """Updates weights and alphas."""
        images, labels = data
        variables = [*self.network_weights, *self.alphas]
        with tf.GradientTape() as tape:
            logits = self.network(images, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(
                labels, logits, from_logits=True
            )
            odds = [ops.softmax(alpha) for alpha in self.alphas]
            total = ops.mean(losses) + self.cost_loss(odds)
        gradients = tape.gradient(total, [v.value for v in variables])
        count = len(self.network_weights)
        self.optimizer.apply(gradients[:count], self.network_weights)
        self.alpha_optimizer.apply(gradients[count:], self.alphas)
        self.accuracy.update_state(labels, logits)
        self.mean_loss.update_state(losses)
        return {m.name: m.result() for m in (self.accuracy, self.mean_loss)}


def searcher(space, objectives=()):
    """Returns the `Searcher` of a space with our own layers.

    Args:
        space: A `SearchSpace`.
        objectives: `Objective` values.
    """
    settings = Settings(
        num_paths=1,
        meta_kernel=supernet.BRANCHES,
        sampling="softmax",
        bilevel=False,
    )
    return Searcher(space, objectives, settings)


def build(case):
    """Returns the `Built` of a `branches` or `keras_branches` case."""
    keras.utils.set_random_seed(0)
    searched = networks.space(case.network, case.operations, case.side)
    objectives, data = (tensorflow_steps.COST,), tensorflow_steps.batch(case)
    if case.kind == "branches":
        # Its second batch is not read, as alphas learn from the first one.
        model, data = searcher(searched, objectives), (data, data)
    else:
        model = KerasSearcher(searched, objectives)
    tensorflow_steps.compile_search(model)
    return cases.Built({"step": tensorflow_steps.graph_step(model, data)})
