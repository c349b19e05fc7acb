"""Where a broken run goes on: states, weights and architectures of files."""

from ednas_tf import errors, runs
from ednas_tf.callbacks import states
from ednas_tf.spaces import architecture as architectures
from ednas_tf.untrusted import hdf5_file


def restore(model, run, folder):
    """Loads the last good state and returns its `states.Place`.

    Args:
        model: Compiled model with built optimizers.
        run: The `Run`.
        folder: Folder of the states in the run.

    Raises:
        UserError: If there are states and none can be read.
    """
    return states.restore(model, run, folder, load_weights)


def read_architecture(path):
    """Reads an architecture file; raises `UserError` that names it."""
    text = runs.read_text(path)
    try:
        return architectures.from_json(text)
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def check_unchanged(path, sha256, described):
    """Raises `UserError` unless a file is what its description says.

    Args:
        path: Path of the file.
        sha256: Its hash as noted; None where an earlier version noted none.
        described: Name of the file that describes it.
    """
    if sha256 is not None and runs.sha256(path) != sha256:
        raise errors.UserError(
            f"{path} is not what {described} describes: its SHA-256 differs."
        )


def load_weights(model, path):
    """Loads a weights file into a model; raises `UserError`."""
    if not path.is_file():
        raise errors.UserError(
            f"Expected the weights {path}, which are missing. Run the search "
            "again with --overwrite."
        )
    try:
        hdf5_file.check(path)
        model.load_weights(str(path))
    # HDF5 and Keras read this file; what they raise on a broken one is open.
    except Exception as error:
        raise errors.UserError(
            f"The weights {path} do not fit the network: "
            f"{errors.first_line(error)}"
        ) from error
