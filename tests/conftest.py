"""What tests of several files look at."""

import pytest

from tests.bad_inputs import running


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Returns the folder of a small run through all stages; not to change."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    running.finished(folder)
    return folder
