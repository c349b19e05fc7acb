"""Which classes are taken for which, and the examples that are worst told."""

import collections
import dataclasses
import heapq

import numpy as np

KEPT = 24
"""Most mistakes that are kept of a network."""


@dataclasses.dataclass(frozen=True)
class Mistake:
    """An example of which a network is sure of a wrong class.

    Attributes:
        index: Its place among the examples.
        label: Its class.
        predicted: The class that the network tells.
        probability: That of the class that it tells.
        probability_of_label: That of the class that is right.
    """

    index: int
    label: int
    predicted: int
    probability: float
    probability_of_label: float

    @property
    def margin(self):
        """By how much the wrong class is the more probable one."""
        return self.probability - self.probability_of_label


class Confusion:
    """Counts pairs of classes and keeps the worst mistakes, batch by batch.

    Attributes:
        counts: Number of examples by pair of label and predicted class; pairs
            that never occur have no entry.
        worst: At most `KEPT` `Mistake` values, the largest margin first.
    """

    def __init__(self):
        self.counts = collections.Counter()
        self.worst = ()
        self._seen = 0

    def add(self, probabilities, labels):
        """Counts a batch.

        Args:
            probabilities: Array `(n, num_classes)`.
            labels: Classes of the examples, `(n,)`.
        """
        found = np.argmax(probabilities, axis=-1)
        pairs = zip(labels.tolist(), found.tolist(), strict=True)
        self.counts.update(pairs)
        mistakes = (*self.worst, *self._mistakes(probabilities, labels, found))
        # Of equal ones the first stays first.
        worst = heapq.nlargest(KEPT, mistakes, key=lambda each: each.margin)
        self.worst = tuple(worst)
        self._seen += len(labels)

    def _mistakes(self, probabilities, labels, found):
        rows = np.arange(len(labels))
        told, right = probabilities[rows, found], probabilities[rows, labels]
        # What is no number has no order, and no place in JSON.
        finite = np.isfinite(told) & np.isfinite(right)
        for row in np.flatnonzero((found != labels) & finite):
            yield Mistake(
                index=self._seen + int(row),
                label=int(labels[row]),
                predicted=int(found[row]),
                probability=float(told[row]),
                probability_of_label=float(right[row]),
            )
