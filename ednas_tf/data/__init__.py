"""From the name of a dataset to seeded splits in memory, and to batches.

Importing this package does not import TensorFlow; `load` and the modules
`augmentation` and `pipeline` do.
"""

from ednas_tf.data.examples import (
    AUDIO,
    FEATURES,
    IMAGE,
    Dataset,
    DataSpec,
    Examples,
    Splits,
)
from ednas_tf.data.loading import load
from ednas_tf.data.recipes import Augmentation

__all__ = [
    "AUDIO",
    "FEATURES",
    "IMAGE",
    "Augmentation",
    "DataSpec",
    "Dataset",
    "Examples",
    "Splits",
    "load",
]
