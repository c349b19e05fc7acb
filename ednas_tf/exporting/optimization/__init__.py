"""Further training of a network, for small integers or for small files.

Importing this loads a second Keras: import it where it is needed.
"""

from ednas_tf.exporting.optimization.compressing import Compressed, compress
from ednas_tf.exporting.optimization.fine_tuning import Epochs
from ednas_tf.exporting.optimization.quantizing import Quantized, quantize
from ednas_tf.exporting.optimization.states import States

__all__ = [
    "Compressed",
    "Epochs",
    "Quantized",
    "States",
    "compress",
    "quantize",
]
