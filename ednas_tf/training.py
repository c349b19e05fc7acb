"""One recipe for the weights, in the search and in the final training."""

import keras
import tensorflow as tf

from ednas_tf import criteria
from ednas_tf.networks import finiteness

_REFERENCE_BATCH = 256
_UNDECAYED = [r"(^|/)(gamma|beta|bias)(:\d+)?$"]


class _Guarded:
    """An optimizer that fails before an update that is not finite.

    What it saves is that of the optimizer it is made from.
    """

    part = finiteness.WEIGHTS
    """What it updates."""

    def apply(self, grads, trainable_variables=None):
        """Updates the variables, or raises `InvalidArgumentError`."""
        guard = finiteness.guard(grads, self.part)
        with tf.control_dependencies([guard]):
            super().apply(grads, trainable_variables)


@keras.saving.register_keras_serializable(package="ednas_tf")
class WeightOptimizer(_Guarded, keras.optimizers.SGD):
    """SGD of the weights."""


@keras.saving.register_keras_serializable(package="ednas_tf")
class AlphaOptimizer(_Guarded, keras.optimizers.Adam):
    """Adam of the alphas of operations."""

    part = finiteness.ALPHAS


@keras.saving.register_keras_serializable(package="ednas_tf")
class ChannelOptimizer(_Guarded, keras.optimizers.Adam):
    """Adam of the alphas of channels."""

    part = finiteness.CHANNELS


def learning_rate(base, batch_size, steps, warmup_steps):
    """Linear warm-up, then a cosine to zero, per batch (Eq. 16).

    Args:
        base: Highest rate for a batch of 256 or more; smaller batches get a
            proportional share.
        batch_size: Examples per step.
        steps: Steps of the whole training.
        warmup_steps: Steps of the warm-up, part of `steps`.

    Returns:
        A Keras learning rate schedule.
    """
    highest = base * min(1.0, batch_size / _REFERENCE_BATCH)
    if warmup_steps == 0:
        return keras.optimizers.schedules.CosineDecay(highest, steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        max(steps - warmup_steps, 1),
        warmup_target=highest,
        warmup_steps=warmup_steps,
    )


def weight_optimizer(schedule, momentum=0.9, weight_decay=5e-4):
    """Returns SGD with Nesterov momentum and decay of the kernels.

    Args:
        schedule: Learning rate, a schedule or a number.
        momentum: Share of the last step that is kept.
        weight_decay: Strength as in an L2 loss of `weight_decay / 2 * w**2`.
    """
    # Keras decays apart from the gradient: `w -= rate * decay * w`. In the L2
    # form the momentum sums the same term 1 / (1 - momentum) times.
    optimizer = WeightOptimizer(
        schedule,
        momentum=momentum,
        nesterov=momentum > 0,
        weight_decay=weight_decay / (1.0 - momentum) or None,
    )
    optimizer.exclude_from_weight_decay(var_names=_UNDECAYED)
    return optimizer


def scheduled_optimizer(rate, batch_size, epochs, steps, warmup, decay):
    """Returns the optimizer of the weights with its whole schedule.

    Args:
        rate: Highest rate, as in `learning_rate`.
        batch_size: Examples per step.
        epochs: Epochs of the whole training.
        steps: Steps of an epoch.
        warmup: Epochs of the warm-up; at most a tenth of the training.
        decay: Weight decay, as in `weight_optimizer`.
    """
    total = epochs * steps
    warmup_steps = min(warmup * steps, total // 10)
    schedule = learning_rate(rate, batch_size, total, warmup_steps)
    return weight_optimizer(schedule, weight_decay=decay)


def alpha_optimizer(rate):
    """Returns the Adam of the alphas; beta_1 0.5 as in DARTS.

    Args:
        rate: Learning rate.
    """
    return AlphaOptimizer(rate, beta_1=0.5)


def channel_optimizer(rate, steps):
    """Returns the Adam of the alphas of channels, ever slower to the end.

    So the masks settle, and batch norms with them.

    Args:
        rate: Learning rate at first; an alpha crosses its threshold after at
            least `0.5 / rate` steps.
        steps: Steps of the whole search.
    """
    return ChannelOptimizer(
        keras.optimizers.schedules.CosineDecay(rate, max(steps, 1))
    )


def compile_network(model, optimizer, criterion):
    """Compiles a model from images to what a `Criterion` reads."""
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer=optimizer,
        loss=criteria.Loss(criterion),
        metrics=criterion.metrics(),
        jit_compile=False,
    )
