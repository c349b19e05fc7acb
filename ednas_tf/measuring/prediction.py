"""How well the sum of a table predicts what whole networks take."""

import dataclasses

import numpy as np
from matplotlib import figure as figures
from scipy import stats

from ednas_tf import errors, hardware, spaces
from ednas_tf.exporting import tflite
from ednas_tf.measuring import operator_models, timing
from ednas_tf.networks import derived
from ednas_tf.spaces import operators

_NUM_CALIBRATION = 4


@dataclasses.dataclass(frozen=True)
class Row:
    """One network, predicted and measured.

    Attributes:
        operations: Name of the operation in each slot.
        predicted_us: Sum of the table's entries and its overhead.
        measured_us: Latency of the whole exported file.
        measured_std_us, measured_median_us: See `timing.Timing`.
        macs: Multiply-accumulates.
    """

    operations: tuple
    predicted_us: float
    measured_us: float
    measured_std_us: float
    measured_median_us: float
    macs: int


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Predictions of many networks.

    Attributes:
        dtype: Type of the files.
        rows: Tuple of `Row`.
    """

    dtype: str
    rows: tuple

    @property
    def scores(self):
        """Rank correlation and mean absolute relative error, by predictor.

        MACs become microseconds by the line through these very rows that fits
        best: more than a search by MACs could know.
        """
        predicted, macs = self._column("predicted_us"), self._column("macs")
        return {
            "table": self._score(predicted, predicted),
            "macs": self._score(macs, self.fitted()),
        }

    def fitted(self):
        """Returns the latencies in us that a line over MACs gives."""
        macs = self._column("macs")
        line = np.polyfit(macs, self._column("measured_us"), 1)
        return np.polyval(line, macs)

    def to_dict(self):
        """Returns values that `json` can write."""
        rows = [dataclasses.asdict(row) for row in self.rows]
        return {"dtype": self.dtype, "scores": self.scores, "rows": rows}

    def _score(self, ranking, guess):
        measured = self._column("measured_us")
        return {
            "spearman": float(stats.spearmanr(ranking, measured).statistic),
            "error": float(np.mean(np.abs(guess / measured - 1))),
        }

    def _column(self, name):
        return np.array([getattr(row, name) for row in self.rows], float)


def sample(space, count, seed=0):
    """Returns random architectures of a `SearchSpace`, all different."""
    if not 3 <= count <= space.size:
        raise errors.UserError(
            f"Expected from 3 to {space.size} networks, as many as the space "
            f"has. Received: {count}"
        )
    rng = np.random.default_rng(seed)
    found = {}
    while len(found) < count:
        names = tuple(str(rng.choice(s.operations)) for s in space.slots)
        found[names] = spaces.choose(space.skeleton, names)
    return tuple(found.values())


def compare(architectures, table, options):
    """Exports networks, times each whole file and predicts it by a table.

    Args:
        architectures: `Architecture` values. Their weights are random, which
            the speed does not depend on.
        table: A `Table` of this host that has their operators.
        options: The `Options` that the table was measured with.

    Returns:
        The `Comparison`.
    """
    contents = [_convert(a, options.dtype) for a in architectures]
    timings = timing.time_models(
        contents, options.threads, options.xnnpack, options.seconds
    )
    rows = []
    for architecture, taken in zip(architectures, timings, strict=True):
        found = operators.architecture_operators(architecture)
        costs = hardware.costs.of_operators(found, table)
        rows.append(
            Row(
                operations=tuple(c.operation for c in architecture.choices),
                predicted_us=costs["latency_us"],
                measured_us=taken.latency_us,
                measured_std_us=taken.std_us,
                measured_median_us=taken.median_us,
                macs=operators.totals(found)["macs"],
            )
        )
    return Comparison(options.dtype, tuple(rows))


def write_figure(comparisons, path):
    """Draws measured over predicted latency, by the table and by MACs.

    Args:
        comparisons: `Comparison` values, a row of the figure for each.
        path: File to write; the suffix tells the kind.
    """
    figure = figures.Figure((9, 4.2 * len(comparisons)), layout="constrained")
    axes = figure.subplots(len(comparisons), 2, squeeze=False)
    for (left, right), comparison in zip(axes, comparisons, strict=True):
        _draw(left, comparison, "table", "sum of the table, us")
        _draw(right, comparison, "macs", "million MACs")
    figure.savefig(path, dpi=120)


def _convert(architecture, dtype):
    model = derived.build(architecture)
    shape = (_NUM_CALIBRATION, *model.input_shape[1:])
    noise = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    return tflite.convert(model, operator_models.FORMATS[dtype], [noise])


def _draw(axis, comparison, predictor, label):
    measured = [row.measured_us for row in comparison.rows]
    if predictor == "table":
        known = [row.predicted_us for row in comparison.rows]
        ends = [min(known + measured), max(known + measured)]
        axis.plot(ends, ends, color="grey", linewidth=1)
    else:
        known = [row.macs / 1e6 for row in comparison.rows]
    axis.scatter(known, measured, s=16)
    scores = comparison.scores[predictor]
    axis.set_title(
        f"{comparison.dtype}: Spearman {scores['spearman']:.3f}, "
        f"mean error {scores['error']:.1%}"
    )
    axis.set_xlabel(label)
    axis.set_ylabel("whole network, us")
