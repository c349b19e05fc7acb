"""Where a broken training goes on, and weights from files."""

import json
import zipfile

from ednas_tf import errors

_METADATA = "training_metadata.json"


def first_epoch(run, state):
    """Returns the epoch that the next one is, from the saved state.

    Args:
        run: The `Run`.
        state: Folder of the state in the run.
    """
    name = f"{state}/{_METADATA}"
    if not run.has(name):
        return 0
    try:
        return int(json.loads(run.read_text(name))["epoch"])
    except (ValueError, KeyError, TypeError) as error:
        raise errors.UserError(
            f"The checkpoint {run.path(state)} is broken: {error!r}. Delete it "
            "or use --overwrite."
        ) from error


def load_weights(model, path):
    """Loads a weights file into a model; raises `UserError`."""
    if not path.is_file():
        raise errors.UserError(
            f"Expected the weights {path}, which are missing. Run the search "
            "again with --overwrite."
        )
    try:
        model.load_weights(str(path))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        first = str(error).strip().splitlines()[0]
        raise errors.UserError(
            f"The weights {path} do not fit the network: {first}"
        ) from error


def check_batch(batch_size, search):
    """Raises `UserError` unless the paths can share a batch."""
    if search.path_inputs == "split" and batch_size % search.paths:
        raise errors.UserError(
            f"Expected a --batch_size that --paths={search.paths} divides. "
            f"Received: {batch_size}"
        )
