"""Files: joined from what measured and what wrote them."""

import pytest

from ednas_tf import runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import artifacts
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_worst_layers_come_first_and_exact_ones_are_counted(whole):
    (group,) = artifacts.quantization(whole)
    assert [row["layer"] for row in group["rows"]] == ["hard", "easy"]
    assert (group["exact"], group["largest"]) == (1, 48.0)


def test_artifacts_join_both_files(whole):
    by_name = {one.name: one for one in artifacts.of(whole)}
    int8 = by_name[run_folders.INT8]
    assert int8.deployed and int8.exported["gzip_bytes"] == 1536
    assert int8.bytes == 2048 and int8.measured["accuracy"] == 0.905


def test_hash_of_the_model_is_that_of_its_file(tmp_path):
    run_folders.write_whole(tmp_path)
    (tmp_path / runs.MODEL).write_bytes(b"abc")
    found = artifacts.hashes(records.read(tmp_path))
    # FIPS 180-2, appendix B.1.
    assert found[runs.MODEL].startswith("ba7816bf8f01cfea414140de5dae2223")
    assert found[run_folders.INT8] == "8" * 64
