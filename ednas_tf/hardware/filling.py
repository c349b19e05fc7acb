"""What to do about operators that a table lacks (`--lut_missing`)."""

import dataclasses
import math

from ednas_tf import errors
from ednas_tf.hardware import checks, entries, targets
from ednas_tf.hardware.table import model

POLICIES = ("error", "interpolate", "model")
_SAME = ("op", "kernel_h", "kernel_w", "stride", "dilation")


def complete(table, wanted, missing="error", target=None):
    """Returns a table that holds all wanted operators.

    Args:
        table: A `Table`.
        wanted: Pairs of `(place, Operator)`; the place is for errors.
        missing: `error`, `interpolate` (between entries of the same operation
            and window, by size) or `model` (the target's own model).
        target: The `Target` of the model; by default the one of the table.

    Returns:
        `table` with as many entries more as operators were missing, each
        with the status `extrapolated`.
    """
    checks.one_of(missing, "--lut_missing", POLICIES)
    found = {}
    for place, row in wanted:
        if table.find(row) is None and row not in found:
            found[row] = _fill(table, place, row, (missing, target))
    if not found:
        return table
    return dataclasses.replace(table, entries=(*table.entries, *found.values()))


def interpolate(table, operator):
    """Returns an estimated `Entry`, or None without entries to go by.

    Cost is linear in size on logarithmic scales between the two nearest
    sizes, and proportional to size beyond the smallest and the largest one.

    Args:
        table: A `Table`.
        operator: An `Operator` that the table lacks.
    """
    known = sorted(
        (entry for entry in table.entries if _similar(table, entry, operator)),
        key=lambda entry: _size(entry.operator),
    )
    if not known:
        return None
    size = _size(operator)
    below = [entry for entry in known if _size(entry.operator) <= size]
    above = [entry for entry in known if _size(entry.operator) >= size]
    pair = (below or above[:1])[-1], (above or below[-1:])[0]
    energies = [entry.energy_uj for entry in pair]
    return entries.Entry(
        operator,
        table.dtype,
        latency_us=_between(size, pair, [e.latency_us for e in pair]),
        energy_uj=None if None in energies else _between(size, pair, energies),
        status="extrapolated",
    )


def _fill(table, place, operator, policy):
    missing, target = policy
    if missing == "interpolate":
        entry = interpolate(table, operator)
        if entry is not None:
            return entry
        needed = "has no entry, and none of the same operation and window,"
    elif missing == "model":
        if table.dtype == "int8":
            target = target or targets.load(table.target.id)
            entry = model(operator, target)
            return dataclasses.replace(entry, status="extrapolated")
        needed = f"is {table.dtype}, and models are for int8: no entry"
    else:
        needed = "has no entry"
    raise errors.UserError(
        f"The table of {table.target.id} {needed} for {place}: "
        f"{table.key(operator)}. Add it, or see --lut_missing."
    )


def _similar(table, entry, operator):
    same = all(
        getattr(entry.operator, name) == getattr(operator, name)
        for name in _SAME
    )
    comparable = (entry.dtype, entry.batch) == (table.dtype, 1)
    return same and comparable and entry.status != "unsupported"


def _size(operator):
    """Work of an operator: MACs and outputs, as all of them have outputs."""
    return operator.macs + operator.num_outputs


def _between(size, pair, values):
    """Returns the value at `size` on the line through two points."""
    low, high = (_size(entry.operator) for entry in pair)
    if low == high:  # One neighbour only, or one of the very size.
        return values[0] * size / low
    share = math.log(size / low) / math.log(high / low)
    return values[0] ** (1 - share) * values[1] ** share
