"""What the files of an export are calibrated and tested with."""

import dataclasses
import functools

import numpy as np

from ednas_tf import data
from ednas_tf.data import pipeline
from ednas_tf.exporting.micro import test_vectors
from ednas_tf.exporting.tflite_metadata import INSIDE, OUTSIDE

_BATCH = 100
# Of these the bundle takes ten whose answers no rounding changes.
_CANDIDATES = 200


@dataclasses.dataclass(frozen=True, eq=False)
class Inputs:
    """Examples as the files of an export take them.

    Attributes:
        dataset: The `Dataset`.
        export: The `ExportConfig`.
    """

    dataset: data.Dataset
    export: object

    @property
    def raw(self):
        """Whether the files normalise by themselves."""
        return self.export.include_preprocessing

    @property
    def preprocessing(self):
        """The word of `export.json` for that."""
        return INSIDE if self.raw else OUTSIDE

    @functools.cached_property
    def chosen(self):
        """`Examples` of the training split for calibration.

        They are taken at equal distances: the images of a folder stand class
        by class.
        """
        train = self.dataset.splits.train
        count = min(self.export.calibration_examples, len(train))
        return train.take(np.linspace(0, len(train) - 1, count).astype(int))

    def calibration(self):
        """Returns batches of float32 examples as the files take them."""
        return self._batches(self.chosen)

    def normalized(self):
        """Returns batches of float32 examples as `model.keras` takes them."""
        return self._batches(self.chosen, normalized=True)

    def candidates(self):
        """Returns examples of the test split, of all classes in turn."""
        test = self.dataset.splits.test
        order = test_vectors.spread(test.labels)[:_CANDIDATES]
        return np.concatenate(self._batches(test.take(order)))

    def _batches(self, examples, normalized=None):
        if normalized is None:
            normalized = not self.raw
        batches = pipeline.evaluation(
            examples, self.dataset, _BATCH, normalized=normalized
        )
        return [images.numpy().astype(np.float32) for images, _ in batches]
