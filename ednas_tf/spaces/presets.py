"""The search spaces that users name with `--space`."""

from ednas_tf import errors
from ednas_tf.spaces import skeleton

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


PRESETS = {"tiny": tiny, "mobile": mobile}
IMAGE_SIDES = {"tiny": 32, "mobile": 224}


def check(name):
    """Raises `UserError` unless a preset has this name."""
    if name not in PRESETS:
        raise errors.unknown_name("space", name, PRESETS)


def build(name, input_shape, num_classes, stem_kernel=11, topology="chain"):
    """Returns the `Skeleton` of a preset.

    Args:
        name: `tiny` or `mobile`.
        input_shape: Height, width and channels of the image.
        num_classes: Outputs of the classifier.
        stem_kernel: Side of the stem's depthwise kernel, odd.
        topology: `chain` or `previous_two`.
    """
    check(name)
    return PRESETS[name](input_shape, num_classes, stem_kernel, topology)
