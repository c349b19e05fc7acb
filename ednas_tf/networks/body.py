"""The walk from image to logits that supernet and derived network share."""

import keras

from ednas_tf.detection import losses
from ednas_tf.layers import operations
from ednas_tf.spaces import network

_MAX_ACTIVATIONS = {"relu": None, "relu6": 6.0}


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

    def activate(self, x, node):
        """Applies the activation of a node."""
        if node.act == "none":
            return x
        largest = _MAX_ACTIVATIONS[node.act]
        return self.k.layers.ReLU(largest, name=f"{node.name}_relu")(x)

    def mix(self, x, node):
        """Applies the layer of a `conv` or `dense`, which mixes channels."""
        if node.kind == "dense":
            return self.k.layers.Dense(**dense_arguments(node))(x)
        return self.k.layers.Conv2D(**convolution_arguments(node))(x)


def dense_arguments(node):
    """Returns the arguments of the layer of a `dense` node."""
    # The classifier starts small, as Keras has it: its logits are no features.
    initializer = "he_normal" if node.act != "none" else "glorot_uniform"
    return {
        "units": node.channels,
        "kernel_initializer": initializer,
        "name": node.name,
    }


def convolution_arguments(node):
    """Returns the arguments of the layer of a `conv` node."""
    return {
        "filters": node.channels,
        "kernel_size": tuple(node.kernel),
        "strides": node.stride,
        "padding": "same",
        "use_bias": not node.norm,
        "kernel_initializer": "he_normal",
        "name": f"{node.name}_conv",
    }


def build(skeleton, parts, outputs="logits"):
    """Builds the network of a skeleton.

    Args:
        skeleton: A `Skeleton` or `Given`.
        parts: A `Parts` whose `slot` fills the slots.
        outputs: `logits`, or `probabilities` for a softmax or sigmoid at the
            end.

    Returns:
        Model from images `(batch, height, width, channels)`, normalised, to
        `(batch, num_classes)`. A detector gives `(batch, anchors, 4 +
        classes)`, of each anchor the offsets of its box, then logits; or with
        probabilities a dictionary of `boxes`, `(batch, anchors, 4)`, and
        `scores`, `(batch, anchors, classes)`.
    """
    k = parts.k
    image = x = k.layers.Input(skeleton.input_shape, name=network.IMAGE)
    tensors = {network.IMAGE: image}
    for node in skeleton.nodes:
        read = [tensors[name] for name in node.inputs]
        if node.kind in network.ENDS:
            x = _end(node, read, k.layers, outputs)
            break
        x = _apply(node, read, parts)
        tensors[node.name] = x = (
            parts.fork(x) if node.name == skeleton.fork else x
        )
    inputs = [image, *parts.inputs()]
    one = inputs if len(inputs) > 1 else image
    return _started(k.Model(one, x, name=skeleton.name), skeleton.nodes[-1])


def _apply(node, inputs, parts):
    """Applies all layers of a node to the tensors that it reads."""
    layers = parts.k.layers
    x = inputs[0]
    if node.kind == "slot":
        x = parts.slot(x, node.name, node.stride)
    elif node.kind == "add":
        x = layers.Add(name=node.name)(inputs)
    elif node.kind == "pool":
        x = layers.GlobalAveragePooling2D(name=node.name)(x)
    else:
        depthwise = node.kind == "depthwise"
        x = _depthwise(x, node, parts) if depthwise else parts.mix(x, node)
        if node.norm and node.kind != "dense":
            x = parts.normalize(x, node.name)
    x = parts.activate(x, node)
    if node.dropout:
        x = layers.Dropout(node.dropout, name=f"{node.name}_dropout")(x)
    return x


def _started(model, node):
    """Lets the scores of a detector start low, as most anchors see nothing."""
    if node.kind == "detect":
        for name in node.inputs[::2]:
            bias = model.get_layer(f"{name}_conv").bias
            bias.assign([losses.SCORE_BIAS] * bias.shape[0])
    return model


def _end(node, inputs, layers, outputs):
    """Applies the last node, which tells classes or also boxes."""
    if node.kind == "detect":
        return _detections(node, inputs, layers, outputs)
    if outputs == "logits":
        return inputs[0]
    if node.kind == "softmax":
        return layers.Softmax(name=node.name)(inputs[0])
    return layers.Activation("sigmoid", name=node.name)(inputs[0])


def _detections(node, inputs, layers, outputs):
    """Joins the scores and the boxes of all maps, place by place."""
    lists = {"score_logits": inputs[::2], "boxes": inputs[1::2]}
    joined = {}
    for name, maps in lists.items():
        rows = [_rows(x, f"{name}{i}", layers) for i, x in enumerate(maps, 1)]
        joined[name] = layers.Concatenate(axis=1, name=name)(rows)
    logits, boxes = joined.values()
    if outputs == "logits":
        both = [boxes, logits]
        return layers.Concatenate(axis=-1, name=node.name)(both)
    scores = layers.Activation("sigmoid", name="scores")(logits)
    return {"boxes": boxes, "scores": scores}


def _rows(x, name, layers):
    """Gives each anchor of a map a row of its own."""
    _, height, width, channels = x.shape
    anchors = network.ANCHORS_PER_CELL
    shape = (height * width * anchors, channels // anchors)
    return layers.Reshape(shape, name=name)(x)


def _depthwise(x, node, parts):
    k, side = parts.k, node.kernel[0]
    arguments = {
        "kernel_size": tuple(node.kernel),
        "strides": node.stride,
        "depth_multiplier": node.multiplier,
        "use_bias": not node.norm,
        "name": f"{node.name}_conv",
    }
    centred = arguments["kernel_size"] == (side, side) and side % 2 == 1
    if not centred or (node.padding == "same" and node.stride > 1):
        # The faster layer pads by half a kernel, which differs at a stride.
        return k.layers.DepthwiseConv2D(padding="same", **arguments)(x)
    arguments["kernel_size"] = side
    # ... and it has no biases.
    layer = parts.convolution if node.norm else k.layers.DepthwiseConv2D
    return operations.depthwise(x, layer, k=k, **arguments)
