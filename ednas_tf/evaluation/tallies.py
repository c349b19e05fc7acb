"""What the answers of a network come to, by its task, batch by batch."""

import numpy as np
from sklearn import metrics

from ednas_tf import errors, tasks
from ednas_tf.detection import mean_average_precision, suppression
from ednas_tf.evaluation import mistakes

# A class is there if that is likelier than not.
_THRESHOLD = 0.5
# Scores of a focal loss stay low; from here on objects are drawn.
_FOUND = 0.3


class Tally:
    """Counts answers and how far they agree with a reference's.

    A subclass keeps what its figures need.

    Args:
        num_classes: Number of classes.
    """

    decisive = "probabilities"
    """Name of the output that decides on classes."""
    confusion = None
    """The `Confusion`, where an example has one class."""

    def __init__(self, num_classes):
        self.num_classes = num_classes
        self.examples = 0
        self.compared = self.equal = 0
        self.furthest = 0.0

    def add(self, outputs, expected, labels):
        """Counts a batch.

        Args:
            outputs: Arrays by name, the first axis of each the examples.
            expected: Such arrays of the reference.
            labels: Labels of the examples as in `data.Examples`.
        """
        received, right = outputs[self.decisive], expected[self.decisive]
        if received.shape != right.shape:
            raise errors.UserError(
                f"Expected outputs of shape {right.shape[1:]}, as the Keras "
                f"file gives. Received: {received.shape[1:]}. Run the export "
                "again."
            )
        decisions = self._decisions(received), self._decisions(right)
        same = decisions[0] == decisions[1]
        counted = self._counted(*decisions)
        self.compared += int(np.sum(counted))
        self.equal += int(np.sum(same & counted))
        apart = np.max(np.abs(received - right), initial=0.0)
        self.furthest = max(self.furthest, float(apart))
        self._check(labels)
        self.examples += len(labels)
        self._keep(outputs, labels)

    def result(self):
        """Returns the figures, `examples`, `agreement` and the largest
        difference of a probability.

        The agreement is the share of decisions that are the reference's: of
        the most probable class; class by class where there may be several; or
        of a detector, of all that either of the two finds.
        """
        return {
            **self._figures(),
            "examples": self.examples,
            "agreement": self.equal / self.compared if self.compared else 1.0,
            "largest_difference": self.furthest,
        }

    def _decisions(self, probabilities):
        return probabilities >= _THRESHOLD

    def _counted(self, received, right):
        """Tells which decisions are compared."""
        return np.ones(np.shape(received), bool)

    def _check(self, labels):
        """Raises `UserError` for labels of other classes."""
        if labels.shape[-1] != self.num_classes:
            raise _other_classes(self.num_classes, labels.shape[-1])


class _Classification(Tally):
    """Counts examples whose most probable class is the label."""

    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.confusion = mistakes.Confusion()

    def _decisions(self, probabilities):
        return np.argmax(probabilities, axis=-1)

    def _keep(self, outputs, labels):
        self.confusion.add(outputs[self.decisive], labels)

    def _figures(self):
        counts = self.confusion.counts.items()
        right = sum(count for (label, told), count in counts if label == told)
        return {"accuracy": right / self.examples}

    def _check(self, labels):
        largest = int(np.max(labels))
        if largest >= self.num_classes:
            raise _other_classes(self.num_classes, largest)


class _Multilabel(Tally):
    """Averages the precision of each class over its recall."""

    def __init__(self, num_classes):
        super().__init__(num_classes)
        self.rows = []

    def _keep(self, outputs, labels):
        self.rows.append((outputs[self.decisive], labels))

    def _figures(self):
        scores, labels = map(np.concatenate, zip(*self.rows, strict=True))
        each = [
            metrics.average_precision_score(truth, score)
            if truth.any()
            else None
            for truth, score in zip(labels.T, scores.T, strict=True)
        ]
        known = [value for value in each if value is not None]
        mean = float(np.mean(known)) if known else 0.0
        precisions = [v if v is None else float(v) for v in each]
        return {"mean_average_precision": mean, "per_class": precisions}


class _Detection(Tally):
    """Averages the precision of found boxes of each class (VOC)."""

    decisive = "scores"

    def __init__(self, num_classes, anchors):
        super().__init__(num_classes)
        self.anchors = anchors
        self.found, self.labels = [], []

    def _decisions(self, scores):
        return scores >= _FOUND

    def _counted(self, received, right):
        # Nearly all anchors see nothing, in any two networks.
        return received | right

    def _keep(self, outputs, labels):
        self.found += suppression.detections(
            outputs["boxes"], outputs["scores"], self.anchors
        )
        self.labels += list(labels)

    def _figures(self):
        return mean_average_precision.evaluate(
            self.found, self.labels, self.num_classes
        )

    def _check(self, labels):
        largest = int(np.max(labels[..., 0], initial=-1))
        if largest >= self.num_classes:
            raise _other_classes(self.num_classes, largest)


def tally(task, num_classes, anchors=None):
    """Returns an empty `Tally` for a task.

    Args:
        task: One of `tasks.TASKS`.
        num_classes: Number of classes.
        anchors: Anchors of a detector.
    """
    if task == tasks.DETECTION:
        return _Detection(num_classes, anchors)
    kinds = {tasks.CLASSIFICATION: _Classification}
    return kinds.get(task, _Multilabel)(num_classes)


def _other_classes(expected, received):
    return errors.UserError(
        f"Expected labels below {expected}, the classes of the network. "
        f"Received: {received}. Choose the --dataset it was trained on."
    )
