"""The rounding of an int8 file, put around the layers of a network."""

import numpy as np
import tensorflow as tf

from ednas_tf.exporting import saved_model
from ednas_tf.exporting.optimization import rebuilding, rounding_places
from ednas_tf.exporting.optimization.legacy import quantization, tf_keras
from ednas_tf.exporting.optimization.rebuilding import KERNELS

PIXELS = (0.0, 255.0)
"""Least and largest value of a raw image."""
_BITS = 8


class Rounding(rebuilding.Outfit):
    """Rounds kernels and activations as an int8 file does.

    Args:
        raw: Whether inputs are images in 0..255.

    Attributes:
        ranges: The `Range` of each rounded tensor, by the layer's name.
    """

    def __init__(self, raw):
        self.raw = raw
        self.ranges = {}
        self.places = ()

    def read(self, steps):
        self.places = rounding_places.names(steps)

    def receive(self, image):
        name = saved_model.INPUT
        layer = tf_keras.layers.Activation("linear", name=f"{name}_range")
        plan = _Plan(None, _pixels() if self.raw else self._range(name))
        return quantization.QuantizeWrapperV2(layer, plan)(image)

    def dress(self, step, layer, trains):
        if step.kind == "Dropout":
            # The file has none, and what it is to imitate had none either.
            layer.rate = 0.0
        kernel, rounds = KERNELS.get(step.kind), step.name in self.places
        if kernel is None and not rounds:
            return layer
        plan = _Plan(kernel, self._range(step.name) if rounds else None)
        return quantization.QuantizeWrapperV2(layer, plan)

    def _range(self, name):
        self.ranges[name] = Range(
            _BITS, per_axis=False, symmetric=False, narrow_range=False
        )
        return self.ranges[name]


def _pixels():
    return quantization.quantizers.FixedQuantizer(
        _BITS, *PIXELS, narrow_range=False
    )


class Range(quantization.quantizers.MovingAverageQuantizer):
    """Rounds activations within a range that follows theirs slowly.

    TFMOT starts at -6 and 6, which may be far off, and for many epochs.
    """

    def build(self, tensor_shape, name, layer):
        self.ends = super().build(tensor_shape, name, layer)
        return self.ends

    def start(self, lowest, highest):
        """Sets the range."""
        self.ends["min_var"].assign(lowest)
        self.ends["max_var"].assign(highest)


class Channels(quantization.quantizers.Quantizer):
    """Rounds a kernel with a scale per output channel, depthwise or not.

    TFMOT has one scale for all channels of a depthwise kernel, though the file
    has one for each. Only training rounds: the converter takes depthwise
    kernels as they are and rounds them alike.

    Args:
        num_axes: Number of last axes that count output channels.
    """

    def __init__(self, num_axes):
        self.num_axes = num_axes

    def build(self, tensor_shape, name, layer):
        return {}

    def __call__(self, inputs, training, weights, **kwargs):
        if not training:
            return inputs
        channels = np.prod(inputs.shape[-self.num_axes :])
        flat = tf.reshape(inputs, (-1, channels))
        largest = tf.reduce_max(tf.abs(flat), axis=0)
        rounded = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            flat, -largest, largest, narrow_range=True
        )
        rounded = tf.reshape(rounded, inputs.shape)
        # The largest weight of a channel learns as the others do.
        return inputs + tf.stop_gradient(rounded - inputs)

    def get_config(self):
        return {"num_axes": self.num_axes}


class _Plan(quantization.QuantizeConfig):
    """Tells TFMOT what of a layer to round.

    Args:
        kernel: Attribute of the kernel, or None.
        quantizer: Quantizer of the output, or None.
    """

    def __init__(self, kernel, quantizer):
        self.kernel = kernel
        self.quantizer = quantizer

    def get_weights_and_quantizers(self, layer):
        if self.kernel is None:
            return []
        num_axes = 2 if self.kernel == "depthwise_kernel" else 1
        return [(getattr(layer, self.kernel), Channels(num_axes))]

    def set_quantize_weights(self, layer, quantize_weights):
        for weights in quantize_weights:
            setattr(layer, self.kernel, weights)

    def get_activations_and_quantizers(self, layer):
        return []

    def set_quantize_activations(self, layer, quantize_activations):
        pass

    def get_output_quantizers(self, layer):
        return [self.quantizer] if self.quantizer else []

    def get_config(self):
        return {"kernel": self.kernel}
