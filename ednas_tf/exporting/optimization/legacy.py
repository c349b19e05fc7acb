"""TFMOT and the Keras before version 3, the only one that it knows.

No other file imports the two.
"""

import contextlib
import operator
import os

import tensorflow as tf

_LEGACY = "TF_USE_LEGACY_KERAS"


@contextlib.contextmanager
def _contained():
    """Undoes that TFMOT makes the old Keras that of the whole process."""
    before = os.environ.get(_LEGACY)
    # TensorFlow chooses its Keras when that is first reached, once for all.
    operator.attrgetter("keras.layers")(tf)
    yield
    os.environ.pop(_LEGACY, None)
    if before is not None:
        os.environ[_LEGACY] = before


with _contained():
    import tensorflow_model_optimization as tfmot
    import tf_keras

pruning = tfmot.sparsity.keras
clustering = tfmot.clustering.keras
quantization = tfmot.quantization.keras

__all__ = ["clustering", "pruning", "quantization", "tf_keras"]
