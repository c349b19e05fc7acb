"""The feedback block: paths exchange their meta-kernels (Eq. 3, 4, 5)."""

from keras import ops

_SMALLEST_LOSS = 1e-12


def weights(losses):
    """Computes the weight of each path from its loss (Eq. 4).

    The smaller the loss, the larger the weight. Below a loss of about 0.5 the
    hyperbolic tangent saturates and all weights are equal.

    Args:
        losses: Cross-entropy of each path, shape `(paths,)`.

    Returns:
        Tensor of shape `(paths,)` that sums to one.
    """
    scores = ops.tanh(1.0 / ops.maximum(losses, _SMALLEST_LOSS))
    return scores / ops.sum(scores)


def merge(variable, feedback_weights):
    """Gives every path the weighted sum over all paths (Eq. 3 and 5).

    Args:
        variable: Variable of shape `(paths, ...)`, assigned in place.
        feedback_weights: Tensor of shape `(paths,)` that sums to one.
    """
    merged = ops.tensordot(feedback_weights, variable, axes=1)
    variable.assign(ops.broadcast_to(merged, variable.shape))
