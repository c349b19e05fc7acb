"""Quantization-aware training by TFMOT, up to the int8 file."""

import dataclasses

import tensorflow as tf

from ednas_tf import runs
from ednas_tf.exporting import extremes, saved_model
from ednas_tf.exporting.optimization import (
    fine_tuning,
    rebuilding,
    rounding,
    states,
)
from ednas_tf.exporting.optimization.legacy import tf_keras


@dataclasses.dataclass(frozen=True, eq=False)
class Quantized:
    """A network that learned its integers.

    Attributes:
        content: Bytes of an int8 TFLite file like that of `tflite.convert`.
        summary: `loss` and `seconds` of each epoch.
    """

    content: bytes
    summary: dict


def quantize(model, epochs, loss, settings, calibration, raw=False):
    """Trains a network on with the rounding of its int8 file.

    Batch norms hold their statistics, as in the file, where they are part of
    the convolutions.

    Args:
        model: As in `compress`; also with tiles, and with its normalisation
            inside.
        epochs: As in `compress`, of inputs as the model takes them.
        loss: As in `compress`.
        settings: `compression.Settings`; with `prune` zeros stay zeros, with
            `cluster` equal weights of a kernel stay equal.
        calibration: Batches of inputs as the model takes them; ranges of
            activations start from there.
        raw: Whether the file takes uint8 images, for a model of images in
            0..255; else it takes int8.

    Returns:
        `Quantized`.

    Raises:
        DivergenceError: If the training diverges.
    """
    tf_keras.utils.set_random_seed(settings.seed)
    outfit = rounding.Rounding(raw)
    network = rebuilding.Network(model, outfit, tf_keras, tf_keras.layers)
    _calibrate(model, outfit.ranges, calibration)
    if raw:
        epochs = _clipped(epochs)
    keep = fine_tuning.keepers(network.kernels, settings.compress)
    trainer = fine_tuning.Trainer(network, loss, settings, keep=keep)
    owner = states.fingerprint(model, settings, epochs.num_steps, raw)
    rows = trainer.run(epochs, owner, "qat_learning_rate")
    return Quantized(_convert(network.served(), raw), rows)


def _clipped(epochs):
    """Clips what an augmentation made brighter than an image can be."""

    def batches(first_epoch):
        return epochs.batches(first_epoch).map(
            lambda images, labels: (
                tf.clip_by_value(images, *rounding.PIXELS),
                labels,
            )
        )

    return dataclasses.replace(epochs, batches=batches)


def _calibrate(model, ranges, calibration):
    """Starts the ranges where the activations of the float network are.

    Args:
        model: The Keras model.
        ranges: `rounding.Range` values by name of the layer.
        calibration: Batches of inputs.
    """
    network = rebuilding.Network(
        model, rebuilding.Outfit(), tf_keras, tf_keras.layers
    )
    tensors = {name: network.tensors[name] for name in ranges}
    probe = tf_keras.Model(network.image, tensors)

    def values(images):
        return probe(images, training=False)

    for name, (lowest, highest) in extremes.of(values, calibration).items():
        # Zero is always in the range: borders are made of it.
        ranges[name].start(min(lowest, 0.0), max(highest, 0.0))


def _convert(model, raw):
    """Returns the bytes of the int8 file of a network that rounds."""
    name = saved_model.INPUT
    image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name)

    @tf.function(input_signature=[image])
    def serve(image):
        return saved_model.outputs(model(image, training=False))

    module = tf.Module()
    # With the model itself, each of its layers would be traced and saved.
    module.kept = serve.get_concrete_function().variables
    signature = saved_model.SIGNATURE
    with runs.scratch() as folder:
        with saved_model.telling_disk():
            tf.saved_model.save(module, folder, signatures={signature: serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=[signature]
        )
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = tf.uint8 if raw else tf.int8
        converter.inference_output_type = tf.int8
        return converter.convert()
