"""The search spaces that users name with `--space`."""

from ednas_tf import errors
from ednas_tf.spaces import skeleton

_TINY = (  # channels, blocks, stride of the first one
    (64, 4, 2),
    (176, 3, 2),
)
_MOBILE = (  # expansion, channels, blocks, stride of the first one
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
    blocks = []
    for stage, (channels, count, stride) in enumerate(_TINY, start=1):
        for place in range(count):
            blocks.append(
                skeleton.Block(
                    name=f"stage{stage}_block{place + 1}",
                    channels=channels,
                    stride=1 if place else stride,
                    activation=True,
                )
            )
    return skeleton.Skeleton(
        name="tiny",
        input_shape=tuple(input_shape),
        num_classes=num_classes,
        stem=skeleton.Stem(stem_kernel, channels=32, depth_multiplier=4),
        blocks=tuple(blocks),
        head=skeleton.Head(),
        topology=topology,
    )


def mobile(input_shape, num_classes, stem_kernel, topology):
    """Inverted residuals at ImageNet scale, stem at stride 2 (Table I)."""
    blocks = []
    for stage, (expansion, channels, count, stride) in enumerate(_MOBILE, 1):
        for place in range(count):
            blocks.append(
                skeleton.Block(
                    name=f"stage{stage}_block{place + 1}",
                    channels=channels,
                    stride=1 if place else stride,
                    expansion=expansion,
                )
            )
    return skeleton.Skeleton(
        name="mobile",
        input_shape=tuple(input_shape),
        num_classes=num_classes,
        stem=skeleton.Stem(stem_kernel, stride=2, channels=32),
        blocks=tuple(blocks),
        head=skeleton.Head(channels=1280, features=1280),
        topology=topology,
    )


PRESETS = {"tiny": tiny, "mobile": mobile}
IMAGE_SIDES = {"tiny": 32, "mobile": 224}


def build(name, input_shape, num_classes, stem_kernel=11, topology="chain"):
    """Returns the `Skeleton` of a preset.

    Args:
        name: `tiny` or `mobile`.
        input_shape: Height, width and channels of the image.
        num_classes: Outputs of the classifier.
        stem_kernel: Side of the stem's depthwise kernel, odd.
        topology: `chain` or `previous_two`.
    """
    if name not in PRESETS:
        raise errors.unknown_name("space", name, PRESETS)
    return PRESETS[name](input_shape, num_classes, stem_kernel, topology)
