"""What was not measured is said."""

import pytest

from ednas_tf.reporting import records
from ednas_tf.reporting.page import caveats
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_caveats_tell_what_is_modelled_and_filled(whole):
    told = " ".join(caveats.of(whole))
    assert "on tda2 are modelled" in told
    assert "2 entries of the table of costs were missing" in told
    assert "No figure for energy" in told and "seed 3" in told
