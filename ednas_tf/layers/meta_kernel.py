"""Meta-kernels: all linear candidates of a slot in one depthwise kernel."""

import keras
import numpy as np
from keras import ops

from ednas_tf.layers import depthwise
from ednas_tf.spaces import operations

MODES = ("shared", "independent")


def side(names):
    """Side of the smallest square that holds every linear operation."""
    linear = [operations.get(name) for name in names]
    return max([o.extent for o in linear if o.linear], default=1)


def taps(name, size):
    """Marks the taps of a linear operation inside a `size x size` kernel.

    Args:
        name: Name of a linear operation.
        size: Odd side, at least the extent of the operation.

    Returns:
        Array of zeros and ones, shape `(size, size)`.
    """
    operation = operations.get(name)
    first = (size - operation.extent) // 2
    places = first + operation.dilation * np.arange(operation.kernel)
    mask = np.zeros((size, size), np.float32)
    mask[np.ix_(places, places)] = 1.0
    return mask


def fixed_taps(name, size):
    """Kernel of an operation without weights, zeros for the others."""
    if operations.get(name).kind == "depthwise":
        return np.zeros((size, size), np.float32)
    mask = taps(name, size)
    return mask / mask.sum()


class MetaKernel(keras.layers.Layer):
    """Base of both forms; see `Shared` and `Independent`.

    Args:
        names: Names of the linear operations, in the order of the slot.
        channels: Channels of the slot.
        num_paths: Copies of the kernel, one per path.
    """

    def __init__(self, names, channels, num_paths=1, **kwargs):
        super().__init__(**kwargs)
        self.names = tuple(names)
        self.channels = channels
        self.num_paths = num_paths
        self.side = side(names)
        self.fixed = np.stack([fixed_taps(n, self.side) for n in self.names])

    def call(self, probabilities):
        """Merges the candidates: `Kbar = sum_i p_i K_i` (Eq. 8, 9).

        Args:
            probabilities: Tensor of shape `(paths, len(names))`. With one row
                the kernel of the first path is merged.

        Returns:
            Tensor of shape `(paths, side, side, channels, 1)`.
        """
        fixed = ops.einsum("pn,nhw->phw", probabilities, self.fixed)
        return self.merge_trained(probabilities) + fixed[..., None, None]

    def _trained(self, name):
        return operations.get(name).kind == "depthwise"


@keras.saving.register_keras_serializable(package="ednas_tf")
class Shared(MetaKernel):
    """One variable; each candidate is the part of it under its own taps."""

    def build(self, input_shape=None):
        """Creates `kernel`, shape `(paths, side, side, channels, 1)`."""
        self.masks = np.stack(
            [taps(n, self.side) * self._trained(n) for n in self.names]
        )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.num_paths, self.side, self.side, self.channels, 1),
            initializer=_same_on_all_paths(self.side),
        )
        self.built = True

    def merge_trained(self, probabilities):
        """Merges the candidates that have weights."""
        masks = ops.einsum("pn,nhw->phw", probabilities, self.masks)
        kernel = ops.convert_to_tensor(self.kernel)
        return masks[..., None, None] * kernel[: probabilities.shape[0]]

    def candidate(self, name):
        """Returns one candidate alone, shape `(kernel, kernel, channels, 1)`.

        It is the first path's; with feedback all paths hold the same.
        """
        return _cut(np.asarray(self.kernel)[0], name, self.side)


@keras.saving.register_keras_serializable(package="ednas_tf")
class Independent(MetaKernel):
    """Own weights for every candidate, zero-padded and added (Fig. 2)."""

    def build(self, input_shape=None):
        """Creates `kernel`, shape `(paths, all taps, channels)`."""
        rows, owners, scales = [], [], []
        for owner, name in enumerate(self.names):
            mask = taps(name, self.side) * self._trained(name)
            for place in np.flatnonzero(mask):
                rows.append(np.eye(self.side**2, dtype=np.float32)[place])
                owners.append(np.eye(len(self.names), dtype=np.float32)[owner])
                scales.append(operations.get(name).kernel)
        # Without any taps (skip and pooling only) NumPy would choose float64.
        self.rows = np.reshape(np.float32(rows), (-1, self.side**2))
        self.owners = np.reshape(np.float32(owners), (-1, len(self.names)))
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.num_paths, len(rows), self.channels),
            initializer=_same_on_all_paths(np.reshape(scales, (1, -1, 1))),
        )
        self.built = True

    def merge_trained(self, probabilities):
        """Merges the candidates that have weights."""
        weights = ops.matmul(probabilities, self.owners.T)[..., None]
        kernel = ops.convert_to_tensor(self.kernel)
        weighted = weights * kernel[: probabilities.shape[0]]
        merged = ops.einsum("ptc,ts->psc", weighted, self.rows)
        shape = (-1, self.side, self.side, self.channels, 1)
        return ops.reshape(merged, shape)

    def candidate(self, name):
        """Returns one candidate alone, shape `(kernel, kernel, channels, 1)`.

        It is the first path's; with feedback all paths hold the same.
        """
        owned = self.owners[:, self.names.index(name)] > 0
        count = operations.get(name).kernel
        values = np.asarray(self.kernel)[0, owned]
        return values.reshape(count, count, self.channels, 1)


def create(mode, names, channels, num_paths, name):
    """Returns the meta-kernel of a mode, `shared` or `independent`."""
    kinds = {"shared": Shared, "independent": Independent}
    return kinds[mode](names, channels, num_paths=num_paths, name=name)


def _cut(kernel, name, size):
    operation = operations.get(name)
    places = np.flatnonzero(taps(name, size).any(axis=0))
    cut = kernel[np.ix_(places, places)]
    return cut.reshape(operation.kernel, operation.kernel, -1, 1)


def _same_on_all_paths(scale):
    """Normal values as those of the derived network, equal on every path."""

    def initializer(shape, dtype=None):
        one = keras.random.normal(shape[1:], dtype=dtype)
        values = ops.broadcast_to(one, shape)
        deviation = depthwise.initial_deviation(scale)
        return values * ops.cast(deviation, values.dtype)

    return initializer
