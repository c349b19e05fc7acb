"""A Keras network as the layers of a device with integers.

There a convolution, the batch norm and the ReLU behind it are one layer: what
flows between them is never rounded.
"""

import collections
import dataclasses
import math

import keras
import numpy as np

from ednas_tf import errors

# They change nothing once a network is trained.
_IDLE = (keras.layers.Dropout, keras.layers.Identity)
_WEIGHTED = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.Dense,
)
_LARGEST = {"linear": None, "relu": math.inf, "relu6": 6.0}


@dataclasses.dataclass(frozen=True, eq=False)
class FusedLayer:
    """One layer of the device.

    Attributes:
        layer: The first of the Keras layers that it is made of.
        inputs: Names of the fused layers that it reads, or of the image.
        output: Keras tensor that the last of the Keras layers gives.
        kernel: Weights with the batch norm folded in, in double precision:
            `(height, width, inputs, outputs)` of a convolution, `(height,
            width, channels, multiplier)` of a depthwise one, `(inputs,
            outputs)` of a dense layer; None for all other layers.
        bias: Array of shape `(outputs,)`, or None.
        largest: What ReLU lets pass at most; None without a ReLU.
    """

    layer: keras.layers.Layer
    inputs: tuple
    output: keras.KerasTensor
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None
    largest: float | None = None

    @property
    def name(self):
        """Name of the first of the Keras layers."""
        return self.layer.name


@dataclasses.dataclass(frozen=True, eq=False)
class FusedNetwork:
    """A network as its fused layers.

    Attributes:
        image: Keras tensor of the input.
        layers: The `FusedLayer` of the network, in the order of execution.
        outputs: Like the output of the Keras model, names of layers in place
            of tensors.
    """

    image: keras.KerasTensor
    layers: tuple
    outputs: object


def read(model):
    """Returns the `FusedNetwork` of a functional Keras model of one input."""
    calls = _Calls()
    copy = keras.models.clone_model(
        model, clone_function=lambda layer: layer, call_function=calls
    )
    fuser = _Fuser(copy.input, calls.found, keras.tree.flatten(copy.output))
    for layer, inputs, output in calls.found:
        fuser.add(layer, inputs, output)
    outputs = keras.tree.map_structure(
        lambda tensor: fuser.names[id(tensor)], copy.output
    )
    return FusedNetwork(copy.input, tuple(fuser.layers.values()), outputs)


class _Calls:
    """Calls the layers of a model once more and keeps what they gave.

    A layer of its own knows all its calls, also those of other models.
    """

    def __init__(self):
        self.found = []

    def __call__(self, layer, *args, **kwargs):
        """Calls `layer`, unless it does nothing."""
        if isinstance(layer, _IDLE):
            return args[0]
        output = layer(*args, **kwargs)
        self.found.append((layer, keras.tree.flatten(args[0]), output))
        return output


class _Fuser:
    """Collects fused layers, call by call.

    Args:
        image: Keras tensor of the input.
        calls: Triples of layer, list of inputs, and output.
        outputs: Keras tensors that the model gives.
    """

    def __init__(self, image, calls, outputs):
        self.layers = {}
        # By the id of a tensor: the layer that gives it, and its readers.
        self.names = {id(image): image.name}
        read_there = [x for _, inputs, _ in calls for x in inputs]
        self.readers = collections.Counter(map(id, [*read_there, *outputs]))

    def add(self, layer, inputs, output):
        """Adds a call: to the layer before it, or as one of its own."""
        before = self._fusible(inputs)
        largest = _ceiling(layer)
        if _is_norm(layer) and before and _folds(before):
            changes = _folded(before, layer)
        elif _is_relu(layer) and before and before.largest is None:
            changes = {"largest": largest}
        else:
            names = tuple(self.names[id(tensor)] for tensor in inputs)
            if layer.name in self.layers:
                raise errors.UserError(
                    f"Expected each layer once in the network. Received: "
                    f"{layer.name} twice"
                )
            before = FusedLayer(layer, names, output)
            changes = {**_weights(layer, output), "largest": largest}
        changed = dataclasses.replace(before, output=output, **changes)
        self.layers[changed.name] = changed
        self.names[id(output)] = changed.name

    def _fusible(self, inputs):
        """Returns the layer whose output only the next layer reads, or None."""
        if len(inputs) != 1 or self.readers[id(inputs[0])] != 1:
            return None
        before = self.layers.get(self.names[id(inputs[0])])
        kinds = (*_WEIGHTED, keras.layers.Add, keras.layers.BatchNormalization)
        return before if before and isinstance(before.layer, kinds) else None


def _is_norm(layer):
    return isinstance(layer, keras.layers.BatchNormalization)


def _is_relu(layer):
    """Whether a layer does nothing else than a ReLU."""
    if isinstance(layer, keras.layers.Activation):
        return layer.activation.__name__ in ("relu", "relu6")
    return isinstance(layer, keras.layers.ReLU)


def _ceiling(layer):
    """Returns what the ReLU in a layer lets pass at most, None without one."""
    if isinstance(layer, keras.layers.ReLU):
        if layer.negative_slope or layer.threshold:
            raise errors.UserError(
                f"Expected a ReLU without slope and threshold in {layer.name}. "
                "Fixed-point arithmetic knows no other."
            )
        return math.inf if layer.max_value is None else float(layer.max_value)
    if not isinstance(layer, (*_WEIGHTED, keras.layers.Activation)):
        return None
    name = layer.activation.__name__
    if name not in _LARGEST and isinstance(layer, _WEIGHTED):
        raise errors.UserError(
            f"Expected relu, relu6 or no activation in {layer.name}. Received: "
            f"{name}; give it a layer of its own."
        )
    return _LARGEST.get(name)


def _folds(before):
    """Whether a batch norm can still become part of the weights."""
    return before.kernel is not None and before.largest is None


def _folded(before, norm):
    """Returns kernel and bias of a layer with the batch norm behind it."""
    gain, offset = _affine(norm)
    # The last axes of a kernel are the outputs, both of them if depthwise.
    depthwise = before.kernel.ndim == 4 and not isinstance(
        before.layer, keras.layers.Conv2D
    )
    shape = before.kernel.shape[2:] if depthwise else before.kernel.shape[-1:]
    return {
        "kernel": before.kernel * gain.reshape(shape),
        "bias": before.bias * gain + offset,
    }


def _weights(layer, output):
    """Returns kernel and bias of a layer; nothing if it has none."""
    if _is_norm(layer):
        # Alone it is a depthwise convolution of one tap.
        gain, offset = _affine(layer)
        return {"kernel": gain.reshape(1, 1, -1, 1), "bias": offset}
    if not isinstance(layer, _WEIGHTED):
        return {}
    bias = np.zeros(output.shape[-1])
    if layer.use_bias:
        bias = np.asarray(layer.bias, np.float64)
    return {"kernel": np.asarray(layer.kernel, np.float64), "bias": bias}


def _affine(norm):
    """Returns the factor and the summand of each channel of a batch norm."""
    mean = np.asarray(norm.moving_mean, np.float64)
    variance = np.asarray(norm.moving_variance, np.float64)
    gain = np.asarray(norm.gamma, np.float64) if norm.scale else 1.0
    gain = gain / np.sqrt(variance + norm.epsilon)
    offset = np.asarray(norm.beta, np.float64) if norm.center else 0.0
    return gain, offset - mean * gain
