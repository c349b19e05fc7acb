"""The search itself, as a Keras model with its own training step."""

import dataclasses

import keras
import tensorflow as tf
from keras import ops

from ednas_tf import criteria, layers
from ednas_tf.networks import supernet
from ednas_tf.searchers import cost_loss, feedback
from ednas_tf.spaces import channels

# Seeds of the draws: no slot of a run draws what another run's slot draws.
_SEEDS_PER_RUN = 100_003


@dataclasses.dataclass(frozen=True)
class Settings:
    """How a search runs.

    Attributes:
        num_paths: Paths that train in parallel.
        path_inputs: `split` or `shared`, see `supernet.build`.
        feedback: Whether the paths exchange their meta-kernels.
        meta_kernel: `shared`, `independent` or `branches`; the last has no
            kernels per path, so there is no feedback. See `supernet.build`.
        sampling: `gumbel`, `softmax` or `hard`.
        bilevel: Whether alphas learn from batches of their own.
        label_smoothing: Share of each label given to all classes.
        constraint: `dual`, `hinge` or `abs`.
        multiplier_rate: Step of the dual ascent, see `CostLoss`.
        channel_multiple: Channels that stay or go together; None searches no
            channels.
        seed: Seed of the draws.
    """

    num_paths: int = 2
    path_inputs: str = "split"
    feedback: bool = True
    meta_kernel: str = "shared"
    sampling: str = "gumbel"
    bilevel: bool = True
    label_smoothing: float = 0.0
    constraint: str = "dual"
    multiplier_rate: float = 0.01
    channel_multiple: int | None = None
    seed: int = 0


class Searcher(keras.Model):
    """Learns weights and alphas of a space together (Algorithm 1).

    A batch is a pair of batches, one for the weights and one for the alphas,
    each `(images, labels)` with images `(batch, height, width, channels)`.
    `within_reach` says which candidates the budgets leave a way to, see
    `decode.within_reach`; callbacks write it, and `allow` it.

    Args:
        space: A `SearchSpace`.
        objectives: `Objective` values.
        settings: A `Settings`.
        layout: The `hardware.channel_costs.Layout` of the space, needed where
            channels are searched.
    """

    def __init__(
        self, space, objectives=(), settings=None, layout=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.space = space
        self.settings = settings = settings or Settings()
        multiple = settings.channel_multiple
        self.supernet = supernet.build(
            space,
            num_paths=settings.num_paths,
            path_inputs=settings.path_inputs,
            meta_kernel=settings.meta_kernel,
            masked=multiple is not None,
        )
        self.gates = list(self._slot_gates())
        self.within_reach = None
        self.groups = channels.groups(space.skeleton.nodes) if multiple else ()
        self.channel_gates = [
            layers.ChannelGate(group.size, multiple, name=f"{group.name}_gate")
            for group in self.groups
        ]
        self.cost_loss = cost_loss.CostLoss(
            [len(slot.operations) for slot in space.slots],
            objectives,
            constraint=settings.constraint,
            rate=settings.multiplier_rate,
            layout=layout,
            name="cost_loss",
        )
        self.temperature = self._scalar("temperature", 1.0)
        self.searching = self._scalar("searching", 1.0)
        self.criterion = criteria.of(space.skeleton, settings.label_smoothing)
        self.figures = self.criterion.metrics()
        self.means = {
            name: keras.metrics.Mean(name=name) for name in self._mean_names()
        }
        self.built = True

    def compile(
        self, weight_optimizer, alpha_optimizer, channel_optimizer=None
    ):
        """Builds an optimizer each on weights, alphas and channels' alphas."""
        super().compile(optimizer=weight_optimizer, jit_compile=False)
        self.alpha_optimizer = alpha_optimizer
        self.channel_optimizer = channel_optimizer
        weight_optimizer.build(self.network_weights)
        if self.alphas:
            alpha_optimizer.build(self.alphas)
        if self.channel_alphas:
            channel_optimizer.build(self.channel_alphas)

    @property
    def alphas(self):
        """Variables `(num_operations,)`, one per slot."""
        return [gate.alpha for gate in self.gates]

    @property
    def channel_alphas(self):
        """Variables `(blocks - 1,)`, of the groups that can lose channels."""
        return [g.alpha for g in self.channel_gates if len(g.sizes) > 1]

    @property
    def network_weights(self):
        """Trainable variables of the supernet."""
        return self.supernet.trainable_variables

    @property
    def kernels(self):
        """Meta-kernels, each with the paths as its first axis.

        There are none where a slot's candidates are branches.
        """
        mixed = supernet.mixed_ops(self.supernet).values()
        return [m.meta_kernel.kernel for m in mixed if m.meta_kernel]

    @property
    def metrics(self):
        """What an epoch averages."""
        return [*self.figures, *self.means.values()]

    def probabilities(self):
        """Returns `softmax(alpha)` of each slot."""
        return [gate.probabilities() for gate in self.gates]

    def counts(self):
        """Returns the channels that each group has now, as scalars."""
        return [gate.count() for gate in self.channel_gates]

    def allow(self, possible=None):
        """Sets for each slot which candidates can be drawn; None for all."""
        for place, gate in enumerate(self.gates):
            gate.allow(possible and possible[place])

    def call(self, images, training=False):
        """Logits of the network weighted by its probabilities, one path.

        Masked channels are left out.
        """
        rows = [p[None] for p in self.probabilities()]
        return self._logits(images, rows, training)

    def train_step(self, data):
        """Updates alphas, then weights, then merges the paths' kernels."""
        weight_batch, alpha_batch = data
        if self.settings.bilevel:
            tf.cond(
                self.searching > 0.0,
                lambda: self._learn_alphas(alpha_batch),
                lambda: None,
            )
        self._learn_weights(weight_batch)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        """Measures the network weighted by its probabilities."""
        images, labels = data
        logits = self(images, training=False)
        self.means["loss"].update_state(self.criterion(labels, logits))
        self._follow(labels, logits)
        shown = (*self.figures, self.means["loss"])
        return {metric.name: metric.result() for metric in shown}

    def path_losses(self, images, labels, probabilities, measured=False):
        """Loss of each path in training: cross-entropy, or a detector's.

        Args:
            images: Tensor `(batch, height, width, channels)`.
            labels: Tensor `(batch, ...)`, see `data.Examples`.
            probabilities: Per slot a tensor `(paths, num_operations)`.
            measured: Whether the examples count in the epoch's figures.

        Returns:
            Losses of shape `(paths,)`.
        """
        paths = self.settings.num_paths
        logits = self._logits(images, probabilities, training=True)
        if self.settings.path_inputs == "shared":
            labels = ops.concatenate([labels] * paths)
        losses = self.criterion(labels, logits)
        if measured:
            self._follow(labels, logits)
        return ops.mean(ops.reshape(losses, (paths, -1)), axis=1)

    def _logits(self, images, probabilities, training):
        masks = [gate.mask()[None] for gate in self.channel_gates]
        return self.supernet(
            [images, *probabilities, *masks], training=training
        )

    def _slot_gates(self):
        for place, slot in enumerate(self.space.slots):
            yield layers.Gate(
                len(slot.operations),
                sampling=self.settings.sampling,
                seed=_SEEDS_PER_RUN * self.settings.seed + place,
                name=f"{slot.name}_gate",
            )

    def _choices(self):
        """Variables that say which network it will be."""
        return [*self.alphas, *self.channel_alphas]

    def _learn_alphas(self, batch):
        values = self._values(self._choices())
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            drawn = self._draw()
            losses = self.path_losses(*batch, drawn)
            total = criteria.strict(ops.mean(losses) + self._cost(drawn))
        self._apply_alphas(tape.gradient(total, values))

    def _learn_weights(self, batch):
        joint = not self.settings.bilevel
        variables = [*self.network_weights, *(self._choices() if joint else [])]
        values = self._values(variables)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            drawn = self._draw()
            losses = self.path_losses(*batch, drawn, measured=True)
            cost = self._cost(drawn) if joint else 0.0
            total = criteria.strict(ops.mean(losses) + cost)
        gradients = tape.gradient(total, values)
        count = len(self.network_weights)
        if joint:
            tf.cond(
                self.searching > 0.0,
                lambda: self._apply_alphas(gradients[count:]),
                lambda: None,
            )
        self._apply_weights(gradients[:count])
        beta = self._merge(losses)
        self._record(losses, beta)

    def _apply_alphas(self, gradients):
        count = len(self.alphas)
        if self.alphas:
            self.alpha_optimizer.apply(gradients[:count], self.alphas)
        if self.channel_alphas:
            self.channel_optimizer.apply(gradients[count:], self.channel_alphas)
        self.cost_loss.update(self.probabilities(), self.counts())

    def _apply_weights(self, gradients):
        # The mean over paths divides a kernel's gradient by their number,
        # yet each path's kernel descends its own loss. (It also feels the
        # other paths' losses, through the batch statistics that all share.)
        own = {id(kernel) for kernel in self.kernels}
        paths = self.settings.num_paths
        scaled = [
            gradient * paths if id(variable) in own else gradient
            for gradient, variable in zip(
                gradients, self.network_weights, strict=True
            )
        ]
        self.optimizer.apply(scaled, self.network_weights)

    def _merge(self, losses):
        beta = feedback.weights(losses)
        if self.settings.feedback and self.settings.num_paths > 1:
            for variable in (*self.kernels, *self._kernel_momentums()):
                feedback.merge(variable, beta)
        return beta

    def _kernel_momentums(self):
        """Momentum of each kernel, so that no path has a hidden state."""
        momentums = getattr(self.optimizer, "momentums", [])
        own = {id(kernel) for kernel in self.kernels}
        pairs = zip(self.network_weights, momentums, strict=False)
        return [slot for variable, slot in pairs if id(variable) in own]

    def _draw(self):
        paths = self.settings.num_paths
        return [
            gate(self.temperature.value, num_paths=paths) for gate in self.gates
        ]

    def _cost(self, drawn):
        means = [ops.mean(p, axis=0) for p in drawn]
        return self.cost_loss(means, self.counts())

    def _follow(self, labels, logits):
        for figure in self.figures:
            figure.update_state(labels, logits)

    def _record(self, losses, beta):
        self.means["loss"].update_state(losses)
        for path in range(self.settings.num_paths):
            self.means[f"loss_path{path + 1}"].update_state(losses[path])
            self.means[f"feedback_weight{path + 1}"].update_state(beta[path])
        expected = self.cost_loss.expected(self.probabilities(), self.counts())
        for place, objective in enumerate(self.cost_loss.objectives):
            name = f"expected_{objective.cost}"
            self.means[name].update_state(expected[place])

    def _mean_names(self):
        paths = range(1, self.settings.num_paths + 1)
        costs = [o.cost for o in self.cost_loss.objectives]
        return [
            "loss",
            *(f"loss_path{path}" for path in paths),
            *(f"feedback_weight{path}" for path in paths),
            *(f"expected_{cost}" for cost in costs),
        ]

    def _values(self, variables):
        return [variable.value for variable in variables]

    def _scalar(self, name, value):
        return self.add_weight(
            name=name,
            shape=(),
            initializer=keras.initializers.Constant(value),
            trainable=False,
        )
