"""The figures that runs are compared by."""

import dataclasses
import statistics

from ednas_tf import runs
from ednas_tf.reporting import forms

_INT8 = runs.TFLITE_FILES["int8"]
FLOAT, INT8 = "float", "int8"
QUALITIES = (INT8, FLOAT)
"""How good a network is; that of the file which goes into a product first."""
COSTS = (
    "latency_us",
    "energy_uj",
    "macs",
    "memory_bytes",
    "peak_ram_bytes",
    "params",
)
SIZE, SECONDS = "int8_bytes", "search_seconds"
NAMES = (FLOAT, INT8, *COSTS, SIZE, SECONDS)
"""All figures, in the order of the columns."""
_DRAWN = ("latency_us", "energy_uj", "macs", "memory_bytes", "params")
_OF_A_DEVICE = ("latency_us", "energy_uj")


@dataclasses.dataclass(frozen=True)
class Spread:
    """How far apart the same figure of several runs is.

    Attributes:
        values: The figures.
        mean: Their mean.
        deviation: Standard deviation of the sample, None for a single one.
        smallest, largest: The extremes.
    """

    values: tuple
    mean: float
    deviation: float | None
    smallest: float
    largest: float


def of(record):
    """Returns the figures of a run by name; None where it has none.

    Args:
        record: A `Record`.
    """
    headlines, costs = record.headlines, record.costs_found
    found = {
        FLOAT: headlines.get(record.float_artifact),
        INT8: headlines.get(_INT8),
        **{name: costs.get(name) for name in COSTS},
        SIZE: record.measured.get(_INT8, {}).get("bytes"),
        SECONDS: (record.search or {}).get("seconds"),
    }
    return {n: v if forms.finite(v) else None for n, v in found.items()}


def met(record):
    """Whether all budgets of a run are met; None without budgets."""
    cells = [*record.budgets.values()]
    return all(cell["met"] for cell in cells) if cells else None


def known(records):
    """Returns the names of the figures that any run has."""
    rows = [of(record) for record in records]
    found = [n for n in NAMES if any(row[n] is not None for row in rows)]
    # Weights and biases are told in bytes already.
    return [n for n in found if n != "params" or "memory_bytes" not in found]


def spread(values):
    """Returns the `Spread` of some figures; None without any.

    Args:
        values: Numbers, None where a run has no figure.
    """
    values = tuple(value for value in values if value is not None)
    if not values:
        return None
    return Spread(
        values=values,
        mean=statistics.fmean(values),
        deviation=statistics.stdev(values) if len(values) > 1 else None,
        smallest=min(values),
        largest=max(values),
    )


def axes(records):
    """Returns the names of the quality and of the cost to draw.

    Those that most runs have; latency and energy only if all are modelled
    for one device. None where no run has any.

    Args:
        records: The `Record` of each run.
    """
    rows = [of(record) for record in records]
    costs = _of_one_sweep(records) or _DRAWN
    if len({str(record.target) for record in records}) > 1:
        costs = [name for name in _DRAWN if name not in _OF_A_DEVICE]
    return _commonest(QUALITIES, rows), _commonest(costs, rows)


def _of_one_sweep(records):
    """Returns the cost by which the one sweep of all runs is judged."""
    sweeps = {record.folder.resolve().parent for record in records}
    judged = {(record.sweep or {}).get("cost") for record in records}
    if len(sweeps) > 1 or not judged <= {*_DRAWN}:
        return ()
    return (*judged,)


def _commonest(names, rows):
    """Returns the first of the names that most rows have; None without any."""
    counts = {n: sum(row[n] is not None for row in rows) for n in names}
    best = max(names, key=counts.get)
    return best if counts[best] else None
