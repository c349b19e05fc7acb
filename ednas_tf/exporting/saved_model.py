"""The SavedModel: the network for TensorFlow alone, without this package."""

import keras

SIGNATURE = "serve"
INPUT = "image"
OUTPUT = "probabilities"


def export(model, path, batch=None):
    """Writes a SavedModel.

    Its signature `serve` maps `image`, float32 of shape `(batch, height,
    width, channels)`, to `probabilities` of shape `(batch, num_classes)`.

    Args:
        model: Keras model from images to probabilities.
        path: Folder to write.
        batch: Number of images of a call, or None for any.
    """

    def serve(image):
        return {OUTPUT: model(image, training=False)}

    image = keras.InputSpec(
        shape=(batch, *model.input_shape[1:]), dtype="float32", name=INPUT
    )
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(SIGNATURE, serve, input_signature=[image])
    archive.write_out(path, verbose=False)
