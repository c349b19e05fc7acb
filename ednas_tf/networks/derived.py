"""The network of an architecture: standard layers, or faster ones to train."""

import keras

from ednas_tf import layers
from ednas_tf.layers import operations
from ednas_tf.networks import body
from ednas_tf.spaces import OPERATIONS


class _Chosen(body.Parts):
    """Fills each slot with the operation that the architecture chose."""

    def __init__(self, architecture, branches=False, **kwargs):
        super().__init__(**kwargs)
        self.architecture = architecture
        self.branches = branches

    def slot(self, x, name, stride):
        operation = self.architecture.operation(name)
        if self.branches and _can_branch(operation):
            kernel = OPERATIONS[operation].kernel
            branches = layers.MultiBranch(
                kernel, stride, self.momentum, name=f"{name}_conv"
            )
            return branches(x)
        x = operations.apply(
            x,
            f"{name}_conv",
            operation,
            stride,
            k=self.k,
            convolution=self.convolution,
        )
        return self.normalize(x, name)


def build(architecture, k=keras, outputs="probabilities"):
    """Builds the network of standard layers that is saved and exported.

    Args:
        architecture: An `Architecture`.
        k: `keras`, or `tf_keras` for the tools that know only that.
        outputs: `logits` or `probabilities`.

    Returns:
        Model from normalised images to `(batch, num_classes)`.
    """
    parts = _Chosen(architecture, k=k)
    return body.build(architecture.skeleton, parts, outputs)


def build_for_training(architecture, branches=False):
    """Builds the same network of faster layers, with logits.

    Args:
        architecture: An `Architecture`.
        branches: Whether undilated depthwise slots become sums of smaller
            kernels (`MultiBranch`), to be fused by `transfer`.
    """
    parts = _Chosen(
        architecture,
        branches=branches,
        normalization=layers.FusedBatchNormalization,
        convolution=layers.FastDepthwiseConv2D,
    )
    return body.build(architecture.skeleton, parts, "logits")


def _can_branch(name):
    operation = OPERATIONS[name]
    return operation.kind == "depthwise" and operation.dilation == 1
