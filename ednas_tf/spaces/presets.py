"""The search spaces that users name with `--space`."""

import dataclasses
import functools

from ednas_tf import errors, tasks
from ednas_tf.spaces import reference, skeleton, widths

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
_MOBILE_HEAD = 1280


@dataclasses.dataclass(frozen=True)
class Options:
    """What a preset can be told besides its images and classes.

    Attributes:
        stem_kernel: Side of the stem's depthwise kernel, odd. A network that
            is given has no such stem and ignores it.
        topology: `chain` or `previous_two`; `chain` for a given network.
        task: One of `tasks.TASKS`.
        width: Factor of all channels.
    """

    stem_kernel: int = 11
    topology: str = "chain"
    task: str = tasks.CLASSIFICATION
    width: float = 1.0


def tiny(input_shape, num_classes, options):
    """Depthwise-separable blocks for images of about 32x32."""
    chain = options.topology == "chain"
    stages = _TINY if chain else _TINY_PREVIOUS_TWO
    stem = {"channels": widths.scaled(32, options.width)}
    return _skeleton(
        "tiny",
        (input_shape, num_classes, options),
        stem=skeleton.Stem(options.stem_kernel, depth_multiplier=4, **stem),
        blocks=_blocks(stages, options.width, activation=True),
        head=skeleton.Head(),
    )


def mobile(input_shape, num_classes, options):
    """Inverted residuals at ImageNet scale, stem at stride 2 (Table I)."""
    stem = {"channels": widths.scaled(32, options.width)}
    last = widths.scaled(_MOBILE_HEAD, max(options.width, 1.0))
    return _skeleton(
        "mobile",
        (input_shape, num_classes, options),
        stem=skeleton.Stem(options.stem_kernel, stride=2, **stem),
        blocks=_blocks(_MOBILE, options.width, activation=False),
        head=skeleton.Head(channels=last, features=last),
    )


def _skeleton(name, asked, **parts):
    input_shape, num_classes, options = asked
    return skeleton.Skeleton(
        name=name,
        input_shape=tuple(input_shape),
        num_classes=num_classes,
        topology=options.topology,
        task=options.task,
        **parts,
    )


def _blocks(stages, width, activation):
    return tuple(
        skeleton.Block(
            name=f"stage{stage}_block{place}",
            channels=widths.scaled(channels, width),
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
    def preset(input_shape, num_classes, options):
        if options.topology != "chain":
            raise errors.UserError(
                f"Expected --topology=chain for --space={network.__name__}, "
                f"whose layers are given. Received: {options.topology}"
            )
        return network(input_shape, num_classes, options.task, options.width)

    return preset


PRESETS = {
    "tiny": tiny,
    "mobile": mobile,
    "resnet8": _given(reference.resnet8),
    "ds_cnn": _given(reference.ds_cnn),
    "mobilenet_v1": _given(reference.mobilenet_v1),
    "mobilenet_v2": _given(reference.mobilenet_v2),
}
IMAGE_SIDES = {
    "tiny": 32,
    "mobile": 224,
    "resnet8": 32,
    "mobilenet_v1": 96,
    "mobilenet_v2": 224,
}
"""Sides of images that the presets were made for, where they read images."""


def check(name):
    """Raises `UserError` unless a preset has this name."""
    if name not in PRESETS:
        raise errors.unknown_name("space", name, PRESETS)


def build(name, input_shape, num_classes, **options):
    """Returns the `Skeleton` or `Given` of a preset.

    Args:
        name: A name in `PRESETS`.
        input_shape: Height, width and channels of the image.
        num_classes: Number of classes.
        **options: Fields of `Options`.
    """
    check(name)
    return PRESETS[name](input_shape, num_classes, Options(**options))
