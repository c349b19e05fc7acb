"""What several tests of callbacks look at."""

import contextlib
import io

import pytest

from ednas_tf import runs
from tests.callbacks.trained import search, searcher


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Returns a run of two epochs, its model, and what it printed."""
    run, model = runs.Run(tmp_path_factory.mktemp("finished")), searcher()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        search(model, run, epochs=2)
    return run, model, printed.getvalue()
