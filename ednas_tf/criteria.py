"""What a network is trained for, by its task: a loss, and figures to watch."""

import dataclasses

import keras
import numpy as np
from keras import ops

from ednas_tf import tasks
from ednas_tf.detection import anchors, losses
from ednas_tf.spaces import heads
from ednas_tf.spaces.network import BOX


@dataclasses.dataclass(frozen=True, eq=False)
class Criterion:
    """The loss of each example, and what else an epoch shows.

    Attributes:
        task: One of `tasks.TASKS`.
        num_classes: Number of classes.
        label_smoothing: Share of a label given to all classes, or to both
            answers where there may be several; no such thing for boxes.
        anchors: Anchors of a detector, as `anchors.grid` returns, else None.
    """

    task: str
    num_classes: int
    label_smoothing: float = 0.0
    anchors: np.ndarray | None = None

    def __call__(self, labels, outputs):
        """Returns the loss of each example, shape `(batch,)`.

        Args:
            labels: Labels as in `data.Examples`, a tensor.
            outputs: What the network gives before the last softmax or sigmoid,
                `(batch, num_classes)`, or of a detector `(batch, anchors, 4 +
                num_classes)`.
        """
        losses_of = {
            tasks.CLASSIFICATION: self._cross_entropy,
            tasks.MULTILABEL: self._cross_entropies,
            tasks.DETECTION: self._detection,
        }
        return losses_of[self.task](labels, outputs)

    def metrics(self):
        """Returns Keras metrics of labels and outputs, newly made."""
        if self.task == tasks.CLASSIFICATION:
            accuracy = keras.metrics.SparseCategoricalAccuracy
            return [accuracy(name="accuracy")]
        if self.task == tasks.MULTILABEL:
            area = keras.metrics.AUC(
                curve="PR",
                multi_label=True,
                num_labels=self.num_classes,
                from_logits=True,
                name="pr_auc",
            )
            return [area]
        return []

    def _cross_entropy(self, labels, logits):
        labels = ops.cast(ops.reshape(labels, (-1,)), "int32")
        return keras.losses.categorical_crossentropy(
            ops.one_hot(labels, self.num_classes),
            logits,
            from_logits=True,
            label_smoothing=self.label_smoothing,
        )

    def _cross_entropies(self, labels, logits):
        # The sum over classes: each answer counts as the one of a classifier.
        labels = ops.cast(labels, logits.dtype)
        smoothed = labels + self.label_smoothing * (0.5 - labels)
        return _entropies(smoothed, logits)

    def _detection(self, labels, outputs):
        loss = losses.DetectionLoss(self.anchors, self.num_classes)
        return loss(labels, outputs)


@dataclasses.dataclass(frozen=True)
class Imitation:
    """How far a network is from the answers of another (Hinton et al. 2015).

    What is right and wrong does not matter to it: integers are to say what the
    float network says, so that the file is the network that was searched.

    Attributes:
        task: One of `tasks.TASKS`.
    """

    task: str

    def __call__(self, answers, outputs):
        """Returns the loss of each example, shape `(batch,)`.

        Args:
            answers: Probabilities of the other network, or of a detector its
                `boxes` and `scores` by name.
            outputs: As for a `Criterion`.
        """
        if self.task == tasks.CLASSIFICATION:
            return keras.losses.categorical_crossentropy(
                answers, outputs, from_logits=True
            )
        if self.task == tasks.MULTILABEL:
            return _entropies(answers, outputs)
        return self._detection(answers, outputs)

    def _detection(self, answers, outputs):
        # Where there is nothing to see, boxes do not matter.
        weights = ops.max(answers["scores"], axis=-1)
        apart = losses.smooth_l1(outputs[..., :BOX] - answers["boxes"])
        scores = _entropies(answers["scores"], outputs[..., BOX:])
        each = scores + weights * ops.sum(apart, axis=-1)
        count = ops.maximum(ops.sum(weights, axis=-1), 1.0)
        return ops.sum(each, axis=-1) / count


class Loss(keras.losses.Loss):
    """A `Criterion` as a loss of Keras, the mean over a batch."""

    def __init__(self, criterion, **kwargs):
        super().__init__(**kwargs)
        self.criterion = criterion

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Returns the loss of a batch, a `strict` one."""
        return strict(super().__call__(y_true, y_pred, sample_weight))

    def call(self, y_true, y_pred):
        """Returns the loss of each example, shape `(batch,)`."""
        return self.criterion(y_true, y_pred)


def _entropies(targets, logits):
    """Returns the cross-entropies of yes or no, summed over classes."""
    each = ops.binary_crossentropy(targets, logits, from_logits=True)
    return ops.sum(each, axis=-1)


def strict(loss):
    """Returns a loss whose gradients are NaN where it is not finite itself.

    The gradient of a cross-entropy may be finite where the entropy is not;
    what watches gradients then sees both.

    Args:
        loss: Scalar tensor.
    """
    return loss * ops.where(ops.isfinite(loss), 1.0, np.nan)


def of(skeleton, label_smoothing=0.0):
    """Returns the `Criterion` of a network.

    Args:
        skeleton: A `Skeleton` or `Given`.
        label_smoothing: See `Criterion`.
    """
    return Criterion(
        skeleton.task, skeleton.num_classes, label_smoothing, grid(skeleton)
    )


def grid(skeleton):
    """Returns the anchors of a detector, None of another network."""
    if skeleton.task != tasks.DETECTION:
        return None
    return anchors.grid(heads.map_sides(skeleton))
