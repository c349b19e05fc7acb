"""Where the first value that is not finite came from."""

import dataclasses

import numpy as np

from ednas_tf import layers
from ednas_tf.networks import finiteness
from ednas_tf.stages import replaying

COSTS, DATA = "costs", "data"
"""What may be to blame, beside what learns: the costs of the device, and the
examples."""
_NAMES = {
    finiteness.ALPHAS: "alphas",
    finiteness.CHANNELS: "channel alphas",
}


@dataclasses.dataclass(frozen=True)
class Cause:
    """What made a step impossible.

    Attributes:
        told: What was not finite and where, a clause for a message.
        blamed: `DATA`, `COSTS`, or what learned too fast, see `finiteness`.
        paths: Numbers of the paths that it happened in, from 1; empty where
            there are none, or if it is not known.
    """

    told: str
    blamed: str
    paths: tuple = ()


def find(model, batch, part):
    """Runs a step again that was refused, and returns the `Cause`.

    Args:
        model: `Searcher`, or the network of the final training, as it was
            before the update.
        batch: What the pipeline gave to the step.
        part: What the update was of, see `finiteness`.
    """
    replay = replaying.of(model, batch, part)
    with finiteness.kept(replay.network.non_trainable_variables):
        return (
            _in_batch(replay)
            or _in_choices(replay)
            or _in_outputs(replay)
            or _in_loss(replay)
            or _in_gradients(replay)
            or Cause("the step cannot be repeated in all details", part)
        )


def _in_batch(replay):
    good = [finiteness.finite_rows(values) for values in replay.batch]
    good = np.logical_and(*good)
    if good.all():
        return None
    return Cause(
        f"{np.sum(~good)} of {len(good)} examples of the batch hold values "
        "that are not finite",
        DATA,
    )


def _in_choices(replay):
    """Looks at what chooses and weighs, which is outside of the network."""
    for part, gate in _each(replay.gates):
        if finiteness.first_weight([gate.alpha]) is not None:
            return Cause(f"{_named(part, gate)} are not finite", part)
    costs = replay.cost_loss.weights if replay.cost_loss else []
    bad = finiteness.first_weight(costs)
    if bad is None:
        return None
    return Cause(f"the {bad.name} of the costs are not finite", COSTS)


def _in_outputs(replay):
    found = finiteness.first_output(replay.network, replay.inputs)
    if found is None:
        return None
    name, bad = found
    layer = replay.network.get_layer(name)
    losses = np.asarray(replay.losses())
    paths = ()
    if len(bad) == replay.rows:
        parts = bad.reshape(len(losses), -1)
        paths = tuple(np.flatnonzero(parts.any(axis=1)) + 1)
    told = "gave the first value that is not finite"
    if finiteness.first_weight(layer.trainable_weights) is not None:
        told = "holds weights that are not finite"
    loss = _mean_loss(losses, paths)
    # A ReLU or a pooling after it may have hidden it from the loss.
    seen = "" if np.isfinite(loss) else f" (loss {loss})"
    return Cause(f"layer `{name}` {told}{seen}", finiteness.WEIGHTS, paths)


def _in_loss(replay):
    losses = replay.losses()
    bad = ~np.isfinite(np.asarray(losses))
    if bad.any():
        paths = tuple(np.flatnonzero(bad) + 1) if replay.rows else ()
        loss = _mean_loss(np.asarray(losses), paths)
        name = replay.network.layers[-1].name
        told = f"the loss of layer `{name}` is {loss}"
        return Cause(told, finiteness.WEIGHTS, paths)
    if not np.isfinite(float(replay.total(losses))):
        return Cause("the expected cost is not finite", COSTS)
    return None


def _in_gradients(replay):
    network = replay.network
    gates = list(_each(replay.gates))
    variables = [
        *network.trainable_variables,
        *(gate.alpha for _, gate in gates),
    ]
    gradients = replay.gradients(variables)
    found = finiteness.last_gradient(network, variables, gradients)
    if found is not None:
        name, gradient = found
        told = f"layer `{name}` got the first gradient that is not finite"
        paths = ()
        if isinstance(network.get_layer(name), layers.MixedOp):
            bad = ~finiteness.finite_rows(gradient)
            paths = tuple(np.flatnonzero(bad) + 1)
        return Cause(told, finiteness.WEIGHTS, paths)
    of_gates = gradients[len(variables) - len(gates) :]
    for (part, gate), gradient in zip(gates, of_gates, strict=True):
        if gradient is not None and not np.isfinite(gradient).all():
            told = f"{_named(part, gate)} got a gradient that is not finite"
            return Cause(told, part)
    return None


def _each(gates):
    for part, some in gates.items():
        yield from ((part, gate) for gate in some)


def _named(part, gate):
    return f"the {_NAMES[part]} of `{gate.name.removesuffix('_gate')}`"


def _mean_loss(losses, paths):
    chosen = losses[[path - 1 for path in paths]] if paths else losses
    return np.mean(chosen)
