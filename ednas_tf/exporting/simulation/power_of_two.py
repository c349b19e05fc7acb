"""Numbers in fixed point: integers times a power of two, the same for all."""

import dataclasses
import math

import tensorflow as tf

from ednas_tf import errors


@dataclasses.dataclass(frozen=True)
class Format:
    """What the integers of a tensor stand for: `integer * 2 ** exponent`.

    Attributes:
        exponent: Of the scale; negative for scales below one.
        signed: Whether there are negative integers.
        bits: Bits of an integer, the one of the sign included.
    """

    exponent: int
    signed: bool
    bits: int

    @property
    def low(self):
        """The smallest integer."""
        return -(2 ** (self.bits - 1)) if self.signed else 0

    @property
    def high(self):
        """The largest integer."""
        return 2 ** (self.bits - self.signed) - 1

    @property
    def scale(self):
        """What one step of the integers stands for."""
        return 2.0**self.exponent


def holding(low, high, bits, signed=None):
    """Returns the finest `Format` that holds a range without saturation.

    Args:
        low: The smallest value.
        high: The largest value.
        bits: Bits of an integer.
        signed: Whether to hold negative values; by default if `low` is one.
    """
    signed = low < 0 if signed is None else signed
    magnitude = max(-low, high)
    if not math.isfinite(magnitude):
        raise errors.UserError(
            f"Expected finite values, received a range from {low} to {high}. "
            "Train again with a lower --learning_rate."
        )
    if magnitude <= 0:
        return Format(0, signed, bits)
    # One step too fine at first, whatever the logarithm is rounded to.
    exponent = math.floor(math.log2(magnitude)) - bits
    while _half_up(magnitude * 2.0**-exponent) > Format(0, signed, bits).high:
        exponent += 1
    return Format(exponent, signed, bits)


def rounded(values, exponent, target, largest=None):
    """Rounds numbers of one scale to the integers of another, half up.

    That is what a device does: it adds half a step and shifts. What the
    integers cannot hold is saturated.

    Args:
        values: Float tensor, to be multiplied by `2 ** exponent`.
        exponent: Exponent of their scale.
        target: `Format` of the result.
        largest: What a ReLU before the rounding lets pass; None without one.

    Returns:
        Tensor of integers, of the type and shape of `values`.
    """
    low, high = target.low, target.high
    if largest is not None:
        low, high = 0, _half_up(min(high, largest / target.scale))
    # A power of two changes no digit of a float, so this loses nothing.
    shifted = values * 2.0 ** (exponent - target.exponent)
    return tf.clip_by_value(tf.floor(shifted + 0.5), low, high)


def _half_up(value):
    return math.floor(value + 0.5)
