"""Exporting: from the trained Keras model to files that run elsewhere."""

from ednas_tf.exporting.export import (
    FILES,
    artifacts,
    describe,
    export_all,
    recorded,
)

__all__ = ["FILES", "artifacts", "describe", "export_all", "recorded"]
