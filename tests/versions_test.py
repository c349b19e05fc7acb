"""Versions that results are written down with."""

from ednas_tf import versions


def test_versions_name_what_results_depend_on():
    assert {"tensorflow", "keras", "numpy"} <= set(versions.installed())
