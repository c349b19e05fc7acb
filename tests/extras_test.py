"""Packages that may be missing are told with the extra that brings them."""

import json.decoder
import sys

import pytest

from ednas_tf import errors, extras


def test_module_that_is_there_is_returned():
    found = extras.load("json.decoder", "micro", "Expected JSON")
    assert found is json.decoder


def test_missing_package_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "json", None)
    with pytest.raises(errors.UserError) as raised:
        extras.load("json.decoder", "micro", "Expected JSON for this")
    told = "Expected JSON for this: pip install 'ednas_tf[micro]'."
    assert str(raised.value) == told
