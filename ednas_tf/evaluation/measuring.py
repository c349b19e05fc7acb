"""Several networks on the same examples, against the one they come from."""

import dataclasses
import statistics
import time

import numpy as np

from ednas_tf import errors

_WARM_UP_RUNS = 5
_TIMED_RUNS = 50
_TIMED_SECONDS = 5.0


@dataclasses.dataclass(frozen=True)
class Metrics:
    """What was measured of a run.

    Attributes:
        artifacts: By name: the figures of `Tally.result` (`accuracy`, or
            `mean_average_precision`; `examples`, `agreement` with the Keras
            file, `largest_difference`), `bytes`, `latency_us` (the median of
            one image on this host, None for a simulation) on `threads`.
        macs: Multiply-accumulates of one image.
        params: Weights and biases.
        confusions: By name the `Confusion`, where an example has one class.
    """

    artifacts: dict
    macs: int
    params: int
    confusions: dict = dataclasses.field(default_factory=dict, compare=False)

    def to_dict(self):
        """Returns what `metrics.json` says."""
        names = ("artifacts", "macs", "params")
        return {name: getattr(self, name) for name in names}


@dataclasses.dataclass(frozen=True, eq=False)
class Subject:
    """A network to be measured.

    Attributes:
        runner: What `runners.open_artifact` returned, or an object like it.
        num_bytes: Its size.
        raw: Whether it takes examples as they are and normalises them itself.
        timed: Whether its time here means anything.
    """

    runner: object
    num_bytes: int
    raw: bool = False
    timed: bool = True


def evaluate(subjects, batches, new_tally, counts):
    """Measures networks on the same examples.

    Args:
        subjects: `Subject` values by name; the first is the reference that all
            are compared with.
        batches: Function that returns, for raw examples or not, batches of
            examples and labels; read in step with each other.
        new_tally: Function that returns an empty `Tally`.
        counts: Dictionary of `macs` and `params` of the network.

    Returns:
        The `Metrics`.
    """
    tallies = {name: new_tally() for name in subjects}
    for images, labels in _batches(subjects, batches):
        expected = None
        for name, subject in subjects.items():
            given = images[subject.raw]
            _check_images(given, subject.runner.image_shape)
            received = subject.runner.predict(given)
            expected = expected or received
            tallies[name].add(received, expected, labels)
    if not next(iter(tallies.values())).examples:
        raise errors.UserError(
            "Expected examples to evaluate with, received none."
        )
    rows = {
        name: _row(subject, tallies[name]) for name, subject in subjects.items()
    }
    confusions = {
        name: tally.confusion
        for name, tally in tallies.items()
        if tally.confusion is not None
    }
    return Metrics(rows, counts["macs"], counts["params"], confusions)


def latency_us(runner):
    """Returns the median time of one image on this host, in microseconds."""
    for _ in range(_WARM_UP_RUNS):
        runner.once()
    times = []
    while len(times) < _TIMED_RUNS and sum(times) < _TIMED_SECONDS:
        start = time.perf_counter()
        runner.once()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def size_of(path):
    """Returns the bytes of a file, or of all files in a folder."""
    files = [path, *path.rglob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())


def _batches(subjects, batches):
    """Yields images by whether they are raw, and labels."""
    kinds = sorted({subject.raw for subject in subjects.values()})
    for parts in zip(*(batches(kind) for kind in kinds), strict=True):
        images = (np.asarray(part[0]) for part in parts)
        yield dict(zip(kinds, images, strict=True)), np.asarray(parts[0][1])


def _row(subject, tally):
    runner = subject.runner
    time_us = latency_us(runner) if subject.timed else None
    return {
        **tally.result(),
        "bytes": subject.num_bytes,
        "latency_us": time_us,
        "threads": runner.threads,
    }


def _check_images(images, shape):
    if images.shape[1:] != tuple(shape):
        raise errors.UserError(
            f"Expected images of {tuple(shape)}, for which the network was "
            f"made. Received: {images.shape[1:]}. Choose its --dataset and "
            "--image_size."
        )
