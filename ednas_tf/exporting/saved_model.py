"""The SavedModel: the network for TensorFlow alone, without this package."""

import contextlib

import keras
import tensorflow as tf

SIGNATURE = "serve"
INPUT = "image"
OUTPUT = "probabilities"


def export(model, path, batch=None, raw=False):
    """Writes a SavedModel.

    Its signature `serve` maps `image`, of shape `(batch, height, width,
    channels)`, to `probabilities` of shape `(batch, num_classes)`, or to what
    `outputs` names.

    Args:
        model: Keras model of float32 images; its output is one tensor, or a
            dictionary of tensors.
        path: Folder to write.
        batch: Number of images of a call, or None for any.
        raw: Whether `image` is uint8, for a model of images in 0..255; else
            it is float32.
    """

    def serve(image):
        if raw:
            image = keras.ops.cast(image, "float32")
        return outputs(model(image, training=False))

    image = keras.InputSpec(
        shape=(batch, *model.input_shape[1:]), dtype=_dtype(raw), name=INPUT
    )
    archive = keras.export.ExportArchive()
    archive.add_endpoint(SIGNATURE, serve, input_signature=[image])
    with telling_disk():
        archive.write_out(path, verbose=False)


@contextlib.contextmanager
def telling_disk():
    """Makes of TensorFlow's word for a full disk that of Python."""
    try:
        yield
    except tf.errors.OpError as error:
        raise OSError(error.message) from error


def signature(model, raw=False):
    """Describes the input and outputs as `tflite.signature` does.

    Args:
        model: The model that `export` wrote; a size of None is any batch.
        raw: As in `export`.
    """
    named = outputs(model.output)
    return {
        "inputs": [_entry(INPUT, model.input_shape, _dtype(raw))],
        "outputs": [
            _entry(name, tensor.shape, "float32")
            for name, tensor in named.items()
        ],
    }


def outputs(values):
    """Returns what a model gives as a dictionary by name.

    Args:
        values: A dictionary of tensors, which have their names already, or
            the one tensor `probabilities`.
    """
    return dict(values) if isinstance(values, dict) else {OUTPUT: values}


def _dtype(raw):
    return "uint8" if raw else "float32"


def _entry(name, shape, dtype):
    return {"name": name, "shape": list(shape), "dtype": dtype}
