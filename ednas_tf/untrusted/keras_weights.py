"""HDF5 files of Keras: whole models of Keras 2, and weights alone."""

from ednas_tf import errors
from ednas_tf.untrusted import hdf5_file, json_text, keras_config

_MOST_BYTES = 32_000_000


def check(path):
    """Raises `UserError` unless a file holds plain arrays and usual layers.

    Args:
        path: A `.h5` file, of weights or of a whole model.
    """
    import h5py  # Not at the top: see `hdf5_file`.

    hdf5_file.check(path)
    with h5py.File(path, "r") as file:
        config = file.attrs.get("model_config")
    if config is None:
        return
    text = config.decode() if isinstance(config, bytes) else str(config)
    if len(text) > _MOST_BYTES:
        raise errors.UserError(
            f"Expected at most {_MOST_BYTES:,} letters that describe the model."
        )
    keras_config.check(json_text.mapping(text, nonfinite=True))
