"""A Keras model made once more by another Keras, each layer dressed anew."""

import dataclasses
import inspect

import keras
import numpy as np

from ednas_tf.exporting import preprocessing, saved_model

KERNELS = {
    "Conv2D": "kernel",
    "Dense": "kernel",
    "DepthwiseConv2D": "depthwise_kernel",
}
"""What the old Keras calls the kernel of a layer, by its class."""
NORM = "BatchNormalization"
_NAME = "network"
_LOGITS = "logits"
_DETECTOR = ("boxes", "score_logits")
# What weights start from is of no use, and types have other names.
_UNSHARED = ("dtype", "_initializer", "_regularizer", "_constraint")


@dataclasses.dataclass(frozen=True)
class Step:
    """A layer of a Keras model, and the names of those that it reads."""

    name: str
    kind: str
    config: dict
    inputs: tuple

    def make(self, kinds):
        """Returns the same layer of another Keras.

        Args:
            kinds: Object with the classes of layers as attributes.
        """
        kind = getattr(kinds, self.kind)
        known = {*inspect.signature(kind.__init__).parameters, "name"}
        shared = {
            key: value
            for key, value in self.config.items()
            if key in known and not key.endswith(_UNSHARED)
        }
        return kind(**shared)


class Outfit:
    """What is put around the layers of a network: here nothing."""

    def read(self, steps):
        """Looks at all `Step` values before the first layer is made."""

    def receive(self, image):
        """Returns what the first layers read."""
        return image

    def holds(self, norm):
        """Whether a batch norm, of the model, keeps its statistics."""
        return True

    def dress(self, step, layer, trains):
        """Returns what is called in the place of a layer.

        Args:
            step: The `Step`.
            layer: The layer, with its weights.
            trains: Whether it is to be trained.
        """
        return layer

    def further(self, layer):
        """Returns variables that a dressed layer trains beside its own."""
        return []


class Network:
    """The layers of a Keras model, made by another Keras.

    Args:
        model: Functional Keras model of one input.
        outfit: The `Outfit` of its layers.
        k: The other Keras.
        kinds: Object with the classes of layers as attributes.

    Attributes:
        image: The input.
        tensors: What each layer gives, by name.
        trained: The variables that training changes.
        kernels: The kernels among them.
    """

    def __init__(self, model, outfit, k, kinds):
        steps, self.ends = _steps(model)
        self.k, self.kinds, self.outfit = k, kinds, outfit
        outfit.read(steps)
        name = saved_model.INPUT
        self.image = k.Input(model.input_shape[1:], name=name)
        self.tensors = {name: outfit.receive(self.image)}
        self.trained, self.kernels = [], []
        for step in steps:
            self._add(step, model.get_layer(step.name))

    def served(self):
        """Returns the model with the outputs of the one it is made from."""
        ends = {name: self.tensors[end] for name, end in self.ends.items()}
        only = ends.get(saved_model.OUTPUT)
        # Names of Keras would count the models that the process made before,
        # and files hold them.
        return self.k.Model(
            self.image, ends if only is None else only, name=_NAME
        )

    def trainee(self):
        """Returns the model that ends before the last softmax or sigmoid."""
        if _LOGITS in self.tensors:
            return self.k.Model(self.image, self.tensors[_LOGITS])
        both = [self.tensors[name] for name in _DETECTOR]
        joined = self.k.layers.Concatenate(axis=-1)(both)
        return self.k.Model(self.image, joined)

    def _add(self, step, source):
        """Makes a layer like `source` and calls it."""
        inputs = [self.tensors[name] for name in step.inputs]
        # A detector of one map joins a list of one.
        if len(inputs) == 1 and step.kind != "Concatenate":
            inputs = inputs[0]
        layer = step.make(self.kinds)
        trains = source.trainable and step.name != preprocessing.LAYER
        if source.weights:
            layer.build(inputs.shape)
            layer.set_weights(source.get_weights())
        if trains:
            self.trained += [v for v in layer.weights if v.trainable]
        if trains and step.kind in KERNELS:
            self.kernels.append(getattr(layer, KERNELS[step.kind]))
        if step.kind == NORM and self.outfit.holds(source):
            layer.trainable = False  # So it uses the statistics it has.
        layer = self.outfit.dress(step, layer, trains)
        self.tensors[step.name] = layer(inputs)
        self.trained += self.outfit.further(layer)


def is_neutral(norm):
    """Whether a batch norm has the statistics that fusion leaves.

    Args:
        norm: A Keras layer.
    """
    mean, variance = map(np.asarray, (norm.moving_mean, norm.moving_variance))
    return not np.any(mean) and np.allclose(variance, 1.0 - norm.epsilon)


def _steps(model):
    """Returns the `Step` values in order, and the outputs' layers by name."""
    found, made = [], {}

    def call(layer, inputs, *args, **kwargs):
        outputs = layer(inputs, *args, **kwargs)
        read = [
            made[id(x)][0] if id(x) in made else saved_model.INPUT
            for x in keras.tree.flatten(inputs)
        ]
        kind = type(layer).__name__
        found.append(Step(layer.name, kind, layer.get_config(), tuple(read)))
        made[id(outputs)] = layer.name, outputs  # Or its id could come again.
        return outputs

    clone = keras.models.clone_model(model, call_function=call)
    ends = saved_model.outputs(clone.output)
    return found, {name: made[id(tensor)][0] for name, tensor in ends.items()}
