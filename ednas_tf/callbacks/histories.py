"""A row of figures for every epoch, in CSV files."""

import time

import keras
import numpy as np

from ednas_tf import errors, runs


class History(keras.callbacks.Callback):
    """Writes a row per epoch, and goes on where a broken run stopped.

    Args:
        run: The `Run`.
        name: Name of the CSV file.
        spent: Seconds that the first epoch took before it was broken off.
    """

    def __init__(self, run, name, spent=0.0):
        super().__init__()
        self.run = run
        self.name = name
        self.spent = spent

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self.began = time.perf_counter() - self.spent
        self.spent = 0.0

    def on_epoch_end(self, epoch, logs=None):
        """Writes the rows so far."""
        rows = _rows_before(self.run, self.name, epoch)
        rate = keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)
        figures = {**logs, "learning_rate": rate}
        row = {name: f"{float(v):.6g}" for name, v in figures.items()}
        seconds = time.perf_counter() - self.began
        row = {"epoch": epoch + 1, **row, "seconds": f"{seconds:.2f}"}
        self.run.write_rows(self.name, [*rows, row])


class _EpochRows(keras.callbacks.Callback):
    """Writes rows after every epoch, below those of the epochs before.

    Args:
        run: The `Run`.
    """

    name = None
    """Name of the CSV file."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def rows(self):
        """Yields the rows of the epoch that ended, without its number."""
        raise NotImplementedError

    def on_epoch_end(self, epoch, logs=None):
        """Writes the rows so far."""
        rows = _rows_before(self.run, self.name, epoch)
        rows += [{"epoch": epoch + 1, **row} for row in self.rows()]
        self.run.write_rows(self.name, rows)


class AlphaHistory(_EpochRows):
    """Writes alphas and probabilities of every epoch."""

    name = runs.ALPHAS

    def rows(self):
        """Yields a row per slot and operation."""
        for slot, alphas, probabilities in zip(
            self.model.space.slots,
            self.model.alphas,
            self.model.probabilities(),
            strict=True,
        ):
            for name, alpha, probability in zip(
                slot.operations,
                np.asarray(alphas),
                np.asarray(probabilities),
                strict=True,
            ):
                yield {
                    "slot": slot.name,
                    "operation": name,
                    "alpha": f"{alpha:.6g}",
                    "probability": f"{probability:.6g}",
                }


class ChannelHistory(_EpochRows):
    """Writes the channels of every group and epoch."""

    name = runs.CHANNEL_HISTORY

    def rows(self):
        """Yields a row per group."""
        for group, gate in zip(
            self.model.groups, self.model.channel_gates, strict=True
        ):
            alpha = np.asarray(gate.alpha)
            mean = float(alpha.mean()) if alpha.size else 1.0
            yield {
                "group": group.name,
                "size": group.size,
                "channels": round(float(gate.count())),
                "mean_alpha": f"{mean:.6g}",
            }


def _rows_before(run, name, epoch):
    """Rows of the epochs before, from a file that a broken run may have."""
    try:
        rows = run.read_rows(name)
        return [row for row in rows if int(row["epoch"]) <= epoch]
    except (KeyError, TypeError, ValueError) as error:
        raise errors.UserError(
            f"Expected rows with an epoch in {run.path(name)}: {error!r}. "
            "Delete the file or use --overwrite."
        ) from error
