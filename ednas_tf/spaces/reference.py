"""Reference networks of MLPerf Tiny as spaces, to search channels in.

Their layers are those of the trained files in `mlcommons/tiny`, folder
`benchmark/training`, for images and classes of any number.
"""

from ednas_tf.spaces.given import Given
from ednas_tf.spaces.network import IMAGE, Node

# Channels and stride of the separable blocks at a width of 0.25.
_MOBILENET_BLOCKS = (
    *((16, 1), (32, 2), (32, 1), (64, 2), (64, 1)),
    *((128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)),
)
_DS_CNN_CHANNELS = 64
_DS_CNN_BLOCKS = 4


def resnet8(input_shape=(32, 32, 3), num_classes=10):
    """Three residual stacks of 16, 32 and 64 channels."""
    layers = [_conv("stem", IMAGE, 16, act="relu")]
    for place, channels in enumerate((16, 32, 64), 1):
        layers += _stack(f"stack{place}", layers[-1].name, channels, place > 1)
    return _given("resnet8", input_shape, num_classes, layers)


def ds_cnn(input_shape=(49, 10, 1), num_classes=12):
    """A convolution over time and frequency, then four separable blocks."""
    arguments = {"kernel": (10, 4), "stride": 2, "act": "relu", "dropout": 0.2}
    layers = [_conv("stem", IMAGE, _DS_CNN_CHANNELS, **arguments)]
    for place in range(1, _DS_CNN_BLOCKS + 1):
        layers += _separable(
            f"block{place}",
            layers[-1].name,
            _DS_CNN_CHANNELS,
            dropout=0.4 if place == _DS_CNN_BLOCKS else 0.0,
        )
    return _given("ds_cnn", input_shape, num_classes, layers)


def mobilenet_v1(input_shape=(96, 96, 3), num_classes=2):
    """MobileNetV1 with a quarter of the channels."""
    layers = [_conv("stem", IMAGE, 8, stride=2, act="relu")]
    for place, (channels, stride) in enumerate(_MOBILENET_BLOCKS, 1):
        name = f"block{place}"
        layers += _separable(name, layers[-1].name, channels, stride)
    return _given("mobilenet_v1", input_shape, num_classes, layers)


def _given(name, input_shape, num_classes, layers):
    """Returns the network of some layers with its classifier."""
    head = (
        Node("pool", "pool", (layers[-1].name,)),
        Node("logits", "dense", ("pool",), num_classes),
        Node("probabilities", "softmax", ("logits",)),
    )
    return Given(name, tuple(input_shape), num_classes, (*layers, *head))


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
