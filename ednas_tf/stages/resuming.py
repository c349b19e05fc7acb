"""Where a broken run goes on: states, weights and architectures of files."""

from absl import logging

from ednas_tf import errors, runs
from ednas_tf.spaces import architecture as architectures


def restore(model, run, state):
    """Loads the last good state and returns the epoch to go on from.

    A state that cannot be read, as after a kill while it was written, is
    passed over with a warning.

    Args:
        model: Compiled model with built optimizers.
        run: The `Run`.
        state: Folder of the states in the run, see `callbacks.Checkpoint`.

    Returns:
        Epochs that are done, 0 without a state.

    Raises:
        UserError: If there are states and none can be read.
    """
    paths = sorted(run.path(state).glob("epoch*.weights.h5"), reverse=True)
    for path in paths:
        try:
            load_weights(model, path)
            return int(path.name.removeprefix("epoch").split(".")[0])
        except (errors.UserError, ValueError) as error:
            logging.warning("%s", error)
    if paths:
        raise errors.UserError(
            f"The checkpoint {paths[0]} cannot be read. Use --overwrite to "
            "start again."
        )
    return 0


def read_architecture(path):
    """Reads an architecture file; raises `UserError` that names it."""
    text = runs.read_text(path)
    try:
        return architectures.from_json(text)
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def load_weights(model, path):
    """Loads a weights file into a model; raises `UserError`."""
    if not path.is_file():
        raise errors.UserError(
            f"Expected the weights {path}, which are missing. Run the search "
            "again with --overwrite."
        )
    try:
        model.load_weights(str(path))
    # HDF5 and Keras read this file; what they raise on a broken one is open.
    except Exception as error:
        raise errors.UserError(
            f"The weights {path} do not fit the network: "
            f"{errors.first_line(error)}"
        ) from error
