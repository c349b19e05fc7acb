"""The loss of a detector: of which class, and where."""

import math

import numpy as np
from keras import ops

from ednas_tf.detection import matching

SCORE_BIAS = -math.log(99)
"""Logit of a score of 0.01, to start from: most anchors find nothing."""

_ALPHA = 0.25
_GAMMA = 2.0


class DetectionLoss:
    """Focal loss of the scores and smooth L1 loss of the boxes.

    Both are sums over an image's anchors, divided by how many of them are to
    find an object (at least 1): Lin et al. 2017, sections 3 and 4. A plain
    function of tensors otherwise, so that Keras 3, a gradient tape and
    tf_keras can all use it.

    Args:
        anchors: Array of shape `(anchors, 4)`, as `anchors.grid` returns.
        num_classes: Classes of objects.
    """

    def __init__(self, anchors, num_classes):
        self.anchors = np.asarray(anchors, np.float32)
        if self.anchors.ndim != 2 or self.anchors.shape[1] != 4:
            raise ValueError(
                "`anchors` must have the shape `(anchors, 4)`. "
                f"Received: shape {self.anchors.shape}"
            )
        self.num_classes = num_classes

    def __call__(self, labels, predictions):
        """Returns the loss of each image, shape `(batch,)`.

        Args:
            labels: Tensor of shape `(batch, max_boxes, 6)`, see
                `matching.targets`.
            predictions: Tensor of shape `(batch, anchors, 4 + classes)`:
                offsets, then logits.
        """
        scores, places = self.parts(labels, predictions)
        return scores + places

    def parts(self, labels, predictions):
        """Returns the losses of scores and of boxes, both `(batch,)`."""
        self._check(predictions)
        predictions = ops.cast(predictions, "float32")
        targets = matching.targets(labels, self.anchors, self.num_classes)
        scores = ops.sum(focal(targets.classes, predictions[..., 4:]), axis=-1)
        errors = predictions[..., :4] - targets.offsets
        places = ops.sum(smooth_l1(errors), axis=-1)
        count = ops.maximum(ops.sum(targets.positives, axis=-1), 1.0)
        return (
            ops.sum(scores * targets.weights, axis=-1) / count,
            ops.sum(places * targets.positives, axis=-1) / count,
        )

    def _check(self, predictions):
        expected = (len(self.anchors), 4 + self.num_classes)
        if tuple(predictions.shape[1:]) != expected:
            raise ValueError(
                "`predictions` must have the shape `(batch, anchors, 4 + "
                f"classes)`, here (batch, {expected[0]}, {expected[1]}). "
                f"Received: shape {tuple(predictions.shape)}"
            )


def focal(classes, logits):
    """Cross-entropy of scores, ever smaller where they are right already.

    Lin et al. 2017, Eq. 5, with their alpha 0.25 and gamma 2.

    Args:
        classes: 0 or 1 for each class, shape `(...)`.
        logits: Logits of the scores, shape `(...)`.

    Returns:
        Tensor of shape `(...)`.
    """
    sides = 2.0 * classes - 1.0
    # Of the logit of the right answer: -log(p) is softplus(-logit), and 1 - p
    # is sigmoid(-logit), both exact far out.
    wrong = -sides * logits
    alphas = (1.0 - _ALPHA) + (2.0 * _ALPHA - 1.0) * classes
    return alphas * ops.sigmoid(wrong) ** _GAMMA * ops.softplus(wrong)


def smooth_l1(errors):
    """Half the square up to 1, straight beyond.

    Girshick 2015, "Fast R-CNN", Eq. 3, which SSD takes over for offsets that
    are divided by variances as ours are; 1/9 as the place where it bends goes
    with offsets that are not.

    Args:
        errors: Tensor of shape `(...)`.

    Returns:
        Tensor of shape `(...)`.
    """
    sizes = ops.abs(errors)
    bent = ops.minimum(sizes, 1.0)
    return bent * (sizes - 0.5 * bent)
