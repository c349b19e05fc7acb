"""The search spaces that users name with `--space`."""

import functools

from ednas_tf import errors
from ednas_tf.spaces import reference, skeleton

# Expansion, channels, blocks and stride of the first block, stage by stage.
_TINY = (
    (1, 64, 4, 2),
    (1, 176, 3, 2),
)
# Two inputs for each block cost twice, so the blocks are narrower.
_TINY_PREVIOUS_TWO = (
    (1, 40, 4, 2),
    (1, 96, 3, 2),
)
_MOBILE = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 192, 3, 2),
    (6, 384, 1, 1),
)


def tiny(input_shape, num_classes, stem_kernel, topology):
    """Depthwise-separable blocks for images of about 32x32."""
    stages = _TINY if topology == "chain" else _TINY_PREVIOUS_TWO
    return skeleton.Skeleton(
        name="tiny",
        input_shape=tuple(input_shape),
        num_classes=num_classes,
        stem=skeleton.Stem(stem_kernel, channels=32, depth_multiplier=4),
        blocks=_blocks(stages, activation=True),
        head=skeleton.Head(),
        topology=topology,
    )


def mobile(input_shape, num_classes, stem_kernel, topology):
    """Inverted residuals at ImageNet scale, stem at stride 2 (Table I)."""
    return skeleton.Skeleton(
        name="mobile",
        input_shape=tuple(input_shape),
        num_classes=num_classes,
        stem=skeleton.Stem(stem_kernel, stride=2, channels=32),
        blocks=_blocks(_MOBILE, activation=False),
        head=skeleton.Head(channels=1280, features=1280),
        topology=topology,
    )


def _blocks(stages, activation):
    return tuple(
        skeleton.Block(
            name=f"stage{stage}_block{place}",
            channels=channels,
            stride=stride if place == 1 else 1,
            expansion=expansion,
            activation=activation,
        )
        for stage, (expansion, channels, count, stride) in enumerate(stages, 1)
        for place in range(1, count + 1)
    )


def _given(network):
    """Returns the preset of a network that leaves nothing to choose."""

    @functools.wraps(network)
    def preset(input_shape, num_classes, stem_kernel, topology):
        if topology != "chain":
            raise errors.UserError(
                f"Expected --topology=chain for --space={network.__name__}, "
                f"whose layers are given. Received: {topology}"
            )
        return network(input_shape, num_classes)

    return preset


PRESETS = {
    "tiny": tiny,
    "mobile": mobile,
    "resnet8": _given(reference.resnet8),
    "ds_cnn": _given(reference.ds_cnn),
    "mobilenet_v1": _given(reference.mobilenet_v1),
}
IMAGE_SIDES = {"tiny": 32, "mobile": 224, "resnet8": 32, "mobilenet_v1": 96}
"""Sides of images that the presets were made for, where they read images."""


def check(name):
    """Raises `UserError` unless a preset has this name."""
    if name not in PRESETS:
        raise errors.unknown_name("space", name, PRESETS)


def build(name, input_shape, num_classes, stem_kernel=11, topology="chain"):
    """Returns the `Skeleton` or `Given` of a preset.

    Args:
        name: A name in `PRESETS`.
        input_shape: Height, width and channels of the image.
        num_classes: Outputs of the classifier.
        stem_kernel: Side of the stem's depthwise kernel, odd. A network that
            is given has no such stem and ignores it.
        topology: `chain` or `previous_two`; `chain` for a given network.
    """
    check(name)
    return PRESETS[name](input_shape, num_classes, stem_kernel, topology)
