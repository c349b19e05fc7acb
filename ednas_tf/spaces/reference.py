"""Published networks as spaces, to search channels in or to compare with.

Layers of the first three are those of the trained files in `mlcommons/tiny`,
folder `benchmark/training`, for images and classes of any number. Any of them
can end in another head than its own, for another task.
"""

from ednas_tf import tasks
from ednas_tf.spaces import heads, widths
from ednas_tf.spaces.given import Given
from ednas_tf.spaces.network import IMAGE, Node

# Channels and stride of the separable blocks at a width of 0.25.
_MOBILENET_BLOCKS = (
    *((16, 1), (32, 2), (32, 1), (64, 2), (64, 1)),
    *((128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)),
)
# Expansion, channels, blocks and stride of the first, as published.
_MOBILENET_V2_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_MOBILENET_V2_HEAD = 1280
_DS_CNN_CHANNELS = 64
_DS_CNN_BLOCKS = 4


def resnet8(
    input_shape=(32, 32, 3),
    num_classes=10,
    task=tasks.CLASSIFICATION,
    width=1.0,
):
    """Three residual stacks of 16, 32 and 64 channels."""
    wide = [widths.scaled(channels, width) for channels in (16, 32, 64)]
    layers = [_conv("stem", IMAGE, wide[0], act="relu")]
    for place, channels in enumerate(wide, 1):
        layers += _stack(f"stack{place}", layers[-1].name, channels, place > 1)
    return _given("resnet8", input_shape, (num_classes, task), layers)


def ds_cnn(
    input_shape=(49, 10, 1),
    num_classes=12,
    task=tasks.CLASSIFICATION,
    width=1.0,
):
    """A convolution over time and frequency, then four separable blocks."""
    channels = widths.scaled(_DS_CNN_CHANNELS, width)
    arguments = {"kernel": (10, 4), "stride": 2, "act": "relu", "dropout": 0.2}
    layers = [_conv("stem", IMAGE, channels, **arguments)]
    for place in range(1, _DS_CNN_BLOCKS + 1):
        layers += _separable(
            f"block{place}",
            layers[-1].name,
            channels,
            dropout=0.4 if place == _DS_CNN_BLOCKS else 0.0,
        )
    return _given("ds_cnn", input_shape, (num_classes, task), layers)


def mobilenet_v1(
    input_shape=(96, 96, 3),
    num_classes=2,
    task=tasks.CLASSIFICATION,
    width=1.0,
):
    """MobileNetV1 with a quarter of the channels."""
    first = widths.scaled(8, width)
    layers = [_conv("stem", IMAGE, first, stride=2, act="relu")]
    for place, (channels, stride) in enumerate(_MOBILENET_BLOCKS, 1):
        name, channels = f"block{place}", widths.scaled(channels, width)
        layers += _separable(name, layers[-1].name, channels, stride)
    return _given("mobilenet_v1", input_shape, (num_classes, task), layers)


def mobilenet_v2(
    input_shape=(224, 224, 3),
    num_classes=1000,
    task=tasks.CLASSIFICATION,
    width=1.0,
):
    """Inverted residuals, all 3x3 (Sandler and others, CVPR 2018, Table 2)."""
    first = widths.scaled(32, width)
    layers = [_conv("stem", IMAGE, first, stride=2, act="relu6")]
    channels = first
    for stage, (expansion, wanted, count, stride) in enumerate(
        _MOBILENET_V2_STAGES, 1
    ):
        made = widths.scaled(wanted, width)
        for place in range(1, count + 1):
            layers += _inverted(
                f"stage{stage}_block{place}",
                layers[-1].name,
                (channels, channels * expansion, made),
                stride if place == 1 else 1,
            )
            channels = made
    if task != tasks.DETECTION:  # A detector reads maps before it.
        # The paper keeps it at 1280 where the rest is narrower.
        last = widths.scaled(_MOBILENET_V2_HEAD, max(width, 1.0))
        arguments = {"kernel": (1, 1), "act": "relu6"}
        layers += [_conv("head", layers[-1].name, last, **arguments)]
    return _given("mobilenet_v2", input_shape, (num_classes, task), layers)


def _given(name, input_shape, wanted, layers):
    """Returns the network of some layers with its head.

    Args:
        name: Name of the space.
        input_shape: Shape of the image.
        wanted: Number of classes, and the task.
        layers: `Node` values without a head.
    """
    num_classes, task = wanted
    if task == tasks.DETECTION:
        nodes = heads.detector(layers, input_shape, num_classes)
    else:
        pool = Node("pool", "pool", (layers[-1].name,))
        head = heads.classifier("pool", num_classes, task)
        nodes = (*layers, pool, *head)
    return Given(name, tuple(input_shape), num_classes, nodes)


def _inverted(name, source, channels, stride):
    """Yields an inverted residual: expansion, depthwise, projection.

    Args:
        name: Name of the block.
        source: Tensor that it reads.
        channels: Channels that it reads, of its middle, and that it makes.
        stride: Stride of the depthwise convolution.
    """
    read, inside, made = channels
    x, flat = source, {"kernel": (1, 1)}
    if inside != read:
        x = f"{name}_expand"
        yield _conv(x, source, inside, act="relu6", **flat)
    depthwise, project = f"{name}_depthwise", f"{name}_project"
    arguments = {"kernel": (3, 3), "act": "relu6", "padding": "same"}
    yield Node(depthwise, "depthwise", (x,), stride=stride, **arguments)
    yield _conv(project, depthwise, made, **flat)
    if stride == 1 and read == made:
        yield Node(f"{name}_residual", "add", (project, source))


def _conv(name, source, channels, kernel=(3, 3), **kwargs):
    kwargs = {"padding": "same", **kwargs}
    return Node(name, "conv", (source,), channels, kernel, **kwargs)


def _stack(name, source, channels, strided):
    """Yields two convolutions and the sum with what they read."""
    first, second = f"{name}_conv1", f"{name}_conv2"
    stride = 2 if strided else 1
    yield _conv(first, source, channels, stride=stride, act="relu")
    yield _conv(second, first, channels)
    if strided:
        shortcut = f"{name}_shortcut"
        # The reference has a plain convolution here, without batch norm.
        arguments = {"kernel": (1, 1), "stride": stride, "norm": False}
        yield _conv(shortcut, source, channels, **arguments)
        source = shortcut
    yield Node(f"{name}_residual", "add", (source, second), act="relu")


def _separable(name, source, channels, stride=1, dropout=0.0):
    """Yields a depthwise convolution and the pointwise one behind it."""
    depthwise = f"{name}_depthwise"
    yield Node(
        depthwise,
        "depthwise",
        (source,),
        kernel=(3, 3),
        stride=stride,
        act="relu",
        padding="same",
    )
    arguments = {"kernel": (1, 1), "act": "relu", "dropout": dropout}
    yield _conv(f"{name}_pointwise", depthwise, channels, **arguments)
