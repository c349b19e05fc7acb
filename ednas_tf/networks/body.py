"""The walk from image to logits that supernet and derived network share."""

import keras

from ednas_tf.layers import operations

MAX_ACTIVATION = 6.0


class Parts:
    """The layers that a network is made of; a subclass fills the slots.

    Args:
        k: `keras` or `tf_keras`.
        normalization: Class of the batch norm.
        convolution: Class of the depthwise convolution.
        momentum: Momentum of the batch norms' statistics.
    """

    def __init__(
        self, k=keras, normalization=None, convolution=None, momentum=0.9
    ):
        self.k = k
        self.normalization = normalization or k.layers.BatchNormalization
        self.convolution = convolution or k.layers.DepthwiseConv2D
        self.momentum = momentum

    def slot(self, x, name, stride):
        """Applies the slot called `name`, its batch norm included."""
        raise ValueError(f"{type(self).__name__} fills no slots.")

    def fork(self, x):
        """Gives every path its part of the batch."""
        return x

    def inputs(self):
        """Returns further inputs of the model."""
        return []

    def normalize(self, x, name):
        """Applies a batch norm."""
        layer = self.normalization(momentum=self.momentum, name=f"{name}_norm")
        return layer(x)

    def activate(self, x, name):
        """Applies a ReLU6."""
        return self.k.layers.ReLU(MAX_ACTIVATION, name=f"{name}_relu")(x)

    def pointwise(self, x, channels, name, stride=1):
        """Applies a 1x1 convolution and its batch norm."""
        layer = self.k.layers.Conv2D(
            channels,
            1,
            strides=stride,
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"{name}_conv",
        )
        return self.normalize(layer(x), name)


def build(skeleton, parts, outputs="logits"):
    """Builds the network of a skeleton.

    Args:
        skeleton: A `Skeleton`.
        parts: A `Parts` whose `slot` fills the slots.
        outputs: `logits`, or `probabilities` for a softmax at the end.

    Returns:
        Model from images `(batch, height, width, channels)`, normalised, to
        `(batch, num_classes)`.
    """
    k = parts.k
    image = k.layers.Input(skeleton.input_shape, name="image")
    features = {-1: parts.fork(_stem(image, skeleton.stem, parts))}
    for index in range(len(skeleton.blocks)):
        features[index] = _block(features, skeleton, index, parts)
    x = _head(features[len(skeleton.blocks) - 1], skeleton, parts)
    if outputs == "probabilities":
        x = k.layers.Softmax(name="probabilities")(x)
    inputs = [image, *parts.inputs()]
    return k.Model(inputs if len(inputs) > 1 else image, x, name=skeleton.name)


def _stem(x, stem, parts):
    x = operations.depthwise(
        x,
        parts.convolution,
        k=parts.k,
        name="stem_depthwise_conv",
        kernel_size=stem.kernel,
        strides=stem.stride,
        depth_multiplier=stem.depth_multiplier,
    )
    x = parts.normalize(x, "stem_depthwise")
    x = parts.pointwise(x, stem.channels, "stem_pointwise")
    return parts.activate(x, "stem")


def _block(features, skeleton, index, parts):
    block = skeleton.blocks[index]
    sums = []
    for source, slot in zip(
        skeleton.inputs(index), skeleton.slot_names(index), strict=True
    ):
        x = features[source]
        if skeleton.expands(index):
            x = parts.pointwise(
                x,
                skeleton.hidden_channels(index),
                f"{slot}_expand",
                stride=skeleton.alignment(index, source),
            )
            x = parts.activate(x, f"{slot}_expand")
        sums.append(parts.slot(x, slot, block.stride))
    x = sums[0]
    if len(sums) > 1:
        x = parts.k.layers.Add(name=f"{block.name}_sum")(sums)
    x = parts.activate(x, block.name)
    x = parts.pointwise(x, block.channels, f"{block.name}_project")
    if skeleton.residual(index):
        x = parts.k.layers.Add(name=f"{block.name}_residual")(
            [x, features[index - 1]]
        )
    if block.activation:
        x = parts.activate(x, f"{block.name}_output")
    return x


def _head(x, skeleton, parts):
    layers = parts.k.layers
    if skeleton.head.channels:
        x = parts.pointwise(x, skeleton.head.channels, "head")
        x = parts.activate(x, "head")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    if skeleton.head.features:
        x = layers.Dense(
            skeleton.head.features,
            kernel_initializer="he_normal",
            name="head_features",
        )(x)
        x = parts.activate(x, "head_features")
    return layers.Dense(skeleton.num_classes, name="logits")(x)
