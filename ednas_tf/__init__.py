"""Hardware-aware neural architecture search for TensorFlow.

Importing the package does not import TensorFlow, so that help and flag errors
answer at once.
"""

__version__ = "0.1.0"
