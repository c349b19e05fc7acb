"""Layers of the supernet and of training."""

from ednas_tf.layers.branch_op import BranchOp
from ednas_tf.layers.channel_mask import (
    ChannelGate,
    MaskedConv2D,
    MaskedDense,
)
from ednas_tf.layers.depthwise import FastDepthwiseConv2D
from ednas_tf.layers.gates import Gate
from ednas_tf.layers.mixed_op import MixedOp
from ednas_tf.layers.multi_branch import MultiBranch
from ednas_tf.layers.normalization import FusedBatchNormalization
from ednas_tf.layers.paths import ForkPaths

__all__ = [
    "BranchOp",
    "ChannelGate",
    "FastDepthwiseConv2D",
    "ForkPaths",
    "FusedBatchNormalization",
    "Gate",
    "MaskedConv2D",
    "MaskedDense",
    "MixedOp",
    "MultiBranch",
]
