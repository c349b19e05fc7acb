"""From alphas to probabilities: the relaxed choice of one slot."""

import keras
import numpy as np
from keras import ops

from ednas_tf import errors

SAMPLINGS = ("gumbel", "softmax", "hard")
_SMALLEST_UNIFORM = 1e-6
_NEVER = -1e9
"""Logit of what cannot be chosen: finite, as infinity times zero is none."""


@keras.saving.register_keras_serializable(package="ednas_tf")
class Gate(keras.layers.Layer):
    """Holds the alphas of one slot and draws probabilities from them.

    Args:
        num_operations: Candidates of the slot.
        sampling: `gumbel` (Gumbel-softmax, Eq. 15), `softmax` (Eq. 14, no
            noise and no temperature), or `hard` (the arg-max of a Gumbel draw,
            with the gradient of the soft one).
        seed: Seed of the draws.
    """

    def __init__(self, num_operations, sampling="gumbel", seed=None, **kwargs):
        super().__init__(**kwargs)
        if sampling not in SAMPLINGS:
            raise errors.unknown_name("sampling", sampling, SAMPLINGS)
        self.num_operations = num_operations
        self.sampling = sampling
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.alpha = self.add_weight(
            name="alpha", shape=(num_operations,), initializer="zeros"
        )
        self.possible = self.add_weight(
            name="possible",
            shape=(num_operations,),
            initializer="ones",
            trainable=False,
        )
        self.built = True

    def call(self, temperature, num_paths=1):
        """Draws once per path.

        Args:
            temperature: Positive scalar; towards 0 draws become one-hot.
            num_paths: Number of independent draws.

        Returns:
            Tensor of shape `(num_paths, num_operations)`, rows sum to one.
        """
        logits = ops.log_softmax(self._logits())
        logits = ops.broadcast_to(logits, (num_paths, self.num_operations))
        if self.sampling == "softmax":
            return ops.softmax(logits)
        uniform = keras.random.uniform(
            logits.shape,
            _SMALLEST_UNIFORM,
            1.0 - _SMALLEST_UNIFORM,
            seed=self.seed_generator,
        )
        return relax(logits, uniform, temperature, self.sampling == "hard")

    def probabilities(self):
        """Returns `softmax(alpha)` of shape `(num_operations,)` (Eq. 14)."""
        return ops.softmax(self._logits())

    def allow(self, possible=None):
        """Sets which candidates can be drawn; others have no probability.

        Loading what was saved does not change it.

        Args:
            possible: A truth value for each candidate, one of them true; None
                for all of them.
        """
        if possible is None:
            possible = [True] * self.num_operations
        if len(possible) != self.num_operations or not any(possible):
            raise ValueError(
                f"`possible` must hold {self.num_operations} truth values, "
                f"one of them true. Received: possible={possible}"
            )
        self.possible.assign(np.array(possible, np.float32))

    def _logits(self):
        alpha = ops.convert_to_tensor(self.alpha)
        return ops.where(self.possible > 0, alpha, _NEVER)

    def save_own_variables(self, store):
        """Saves alpha and how far the draws are, which Keras leaves out."""
        super().save_own_variables(store)
        store["draws"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store):
        """Loads both, so that a resumed search draws what it would have."""
        self.alpha.assign(store["0"])
        self.seed_generator.state.assign(store["draws"])

    def get_config(self):
        """Returns the arguments of the layer."""
        return {
            **super().get_config(),
            "num_operations": self.num_operations,
            "sampling": self.sampling,
            "seed": self.seed,
        }


def relax(logits, uniform, temperature, hard=False):
    """Computes Eq. 15 from log-probabilities and uniform noise.

    Args:
        logits: Log-probabilities, shape `(..., num_operations)`.
        uniform: Noise in the open interval (0, 1), same shape.
        temperature: Positive scalar.
        hard: Whether to return a one-hot row with the gradient of the soft.

    Returns:
        Tensor of the same shape; rows sum to one.
    """
    gumbel = -ops.log(-ops.log(uniform))
    soft = ops.softmax((logits + gumbel) / temperature)
    if not hard:
        return soft
    chosen = ops.one_hot(ops.argmax(soft, axis=-1), soft.shape[-1])
    return ops.stop_gradient(chosen - soft) + soft
