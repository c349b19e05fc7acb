"""Figures of a comparison as text."""

from ednas_tf.reporting.page import formats

NONE = formats.NONE
"""What stands where there is no figure."""
PLACES = 2
"""Decimal places of points: 0.01 is one of 10,000 test images."""
_LEAST_P = 0.001


def signed(points):
    """Returns points with their sign, or a dash without any."""
    if points is None:
        return NONE
    return f"{points:+.{PLACES}f}".replace("-", "−")


def probability(p):
    """Returns a p as text; small ones as a bound."""
    if p is None:
        return NONE
    return f"< {_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"


def equation(p):
    """Returns a p with its name, as in `p = 0.012`."""
    told = probability(p)
    return f"p {told}" if told.startswith("<") else f"p = {told}"


def spread(found, most):
    """Returns a mean and its deviation.

    Args:
        found: `statistics.Spread`.
        most: Number of seeds of a cell that is done; fewer are told.
    """
    if found.mean is None:
        return NONE
    shown = formats.fixed(found.mean, PLACES)
    if found.deviation is not None:
        shown += f" ± {formats.fixed(found.deviation, PLACES)}"
    few = found.count < most
    return f"{shown} ({formats.plural(found.count, 'seed')})" if few else shown


def share(found):
    """Returns a `statistics.Share` as in `3 of 9`, or a dash of none."""
    return f"{found.count} of {found.total}" if found.total else NONE


def wins(found):
    """Returns in how many runs a `statistics.Difference` is above zero."""
    if not found.runs:
        return NONE
    told = f"{found.positive} of {found.runs}"
    return f"{told}, {found.equal} equal" if found.equal else told


def percent(part):
    """Returns a share of one in whole percent."""
    return formats.percent(part, 0)


def kind(field):
    """Returns what readers call the networks that an accuracy is of."""
    return "int8" if field == "accuracy_int8" else "float"
