"""The SavedModel: the network for TensorFlow alone, without this package."""

import keras
import tensorflow as tf

SIGNATURE = "serve"
INPUT = "image"
OUTPUT = "probabilities"


def export(model, path, batch=None):
    """Writes a SavedModel.

    Its signature `serve` maps `image`, float32 of shape `(batch, height,
    width, channels)`, to `probabilities` of shape `(batch, num_classes)`.

    Args:
        model: Keras model from normalised images to probabilities.
        path: Folder to write.
        batch: Number of images of a call, or None for any.
    """

    def serve(image):
        return {OUTPUT: model(image, training=False)}

    image = keras.InputSpec(
        shape=(batch, *model.input_shape[1:]), dtype="float32", name=INPUT
    )
    archive = keras.export.ExportArchive()
    archive.add_endpoint(SIGNATURE, serve, input_signature=[image])
    try:
        archive.write_out(path, verbose=False)
    except tf.errors.OpError as error:  # TensorFlow's word for a full disk.
        raise OSError(error.message) from error


def signature(model):
    """Describes the input and output as `tflite.signature` does.

    Args:
        model: The model that `export` wrote; a size of None is any batch.
    """
    shapes = {INPUT: model.input_shape, OUTPUT: model.output_shape}
    entries = {
        name: {"name": name, "shape": list(shape), "dtype": "float32"}
        for name, shape in shapes.items()
    }
    return {"inputs": [entries[INPUT]], "outputs": [entries[OUTPUT]]}
