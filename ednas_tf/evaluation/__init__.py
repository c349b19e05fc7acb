"""How good, how large and how fast the files of a run are, measured on them."""

from ednas_tf.evaluation.measuring import (
    Metrics,
    Subject,
    evaluate,
    latency_us,
    size_of,
)
from ednas_tf.evaluation.runners import (
    TensorFlowRunner,
    TFLiteRunner,
    open_artifact,
)
from ednas_tf.evaluation.tallies import tally

__all__ = [
    "Metrics",
    "Subject",
    "TFLiteRunner",
    "TensorFlowRunner",
    "evaluate",
    "latency_us",
    "open_artifact",
    "size_of",
    "tally",
]
