"""Large depthwise kernels as sums of smaller ones, for tools that need that.

A convolution is additive in its taps: each tile of a kernel, applied to its
own padded view of the input, gives a part of the output, and the parts sum to
the whole.
"""

import dataclasses
import itertools

from ednas_tf import errors
from ednas_tf.spaces import operators


def tiles(kernel, largest):
    """Returns the windows that cover one axis of a kernel.

    Two windows overlap around the centre. Each of them reaches the centre,
    so that zeros around the input make its view: never does a view lack rows
    that the input has, which would take slices that such tools refuse.

    Args:
        kernel: Taps along the axis.
        largest: Taps that a window may have.

    Returns:
        Tuple of pairs of first tap and number of taps; of one pair if the
        kernel is small enough. Sizes are odd where `largest` is.
    """
    if kernel <= largest:
        return ((0, kernel),)
    half = kernel // 2
    size = min(half + 1 + half % 2, largest)
    if kernel % 2 == 0 or size <= half:
        raise errors.UserError(
            f"Expected an odd depthwise kernel of at most {2 * largest - 1}, "
            f"to be made of kernels of {largest}. Received: {kernel}; choose "
            "smaller --operations or a smaller --stem_kernel."
        )
    return (0, size), (kernel - size, size)


def tiled_operators(operator, largest):
    """Returns what a legalised operator becomes, in the order of execution.

    Args:
        operator: An `Operator`.
        largest: Side of the largest depthwise kernel that may stay, or None.

    Returns:
        Tuple of `Operator`: tiles and their sums for a larger depthwise
        convolution, the operator itself for all others.
    """
    kernel = (operator.kernel_h, operator.kernel_w)
    if operator.op != "dwconv2d" or not is_large(kernel, largest):
        return (operator,)
    first, *others = (
        dataclasses.replace(operator, kernel_h=height, kernel_w=width)
        for (_, height), (_, width) in windows(kernel, largest)
    )
    shape = (operator.out_h, operator.out_w, operator.out_c)
    rows = [dataclasses.replace(first, act="none")]
    for other in others:
        rows.append(dataclasses.replace(other, act="none"))
        rows.append(operators.Operator("add", *shape, *shape))
    rows[-1] = dataclasses.replace(rows[-1], act=operator.act)
    return tuple(rows)


def tiled(rows, largest):
    """Returns `tiled_operators` of several operators, one after the other."""
    tiles = (tiled_operators(row, largest) for row in rows)
    return tuple(itertools.chain.from_iterable(tiles))


def is_large(kernel, largest):
    """Whether a depthwise convolution must become tiles.

    Args:
        kernel: Sides of its kernel.
        largest: Side of the largest depthwise kernel that may stay, or None.
    """
    return largest is not None and max(kernel) > largest


def windows(kernel, largest):
    """Returns the tiles of a kernel, each a window of rows and one of columns.

    Args:
        kernel: Its sides.
        largest: Side of the largest tile.
    """
    return tuple(itertools.product(*(tiles(side, largest) for side in kernel)))
