"""Tests of what a `.keras` file may be."""

import json
import warnings
import zipfile

import h5py
import keras
import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.untrusted import keras_archive


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Contents of a sound file by name."""
    path = tmp_path_factory.mktemp("keras") / "model.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(path)
    keras_archive.check(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def refused(tmp_path):
    """Returns a function that writes members and expects a refusal."""

    def check(members, message, kind=zipfile.ZIP_STORED):
        path = tmp_path / "model.keras"
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
            warnings.simplefilter("ignore")  # Of names that come twice.
            for name, content in members:
                archive.writestr(name, content, kind)
        with pytest.raises(errors.UserError, match=message) as caught:
            keras_archive.check(path)
        assert "\n" not in str(caught.value)

    return check


@pytest.mark.parametrize(
    "name", ["assets/a.txt", "../../a.txt", "config.json", "model.weights.npz"]
)
def test_other_members_are_refused(parts, refused, name):
    refused([*parts.items(), (name, b"x")], "Expected the files config.json")


def test_a_missing_member_is_told(parts, refused):
    rest = {**parts}
    rest.pop("model.weights.h5")
    refused(rest.items(), "Expected the files config.json")


def test_a_member_that_unpacks_to_a_hundredfold_is_refused(parts, refused):
    large = {**parts, "config.json": b" " * 20_000_000}
    refused(large.items(), "bytes of config.json", zipfile.ZIP_DEFLATED)


def test_a_large_member_is_refused(parts, refused):
    large = {**parts, "metadata.json": b" " * 200_000}
    refused(large.items(), "at most 100,000 bytes of metadata.json")


def test_a_link_is_refused(parts, refused):
    info = zipfile.ZipInfo("config.json")
    info.external_attr = 0o120777 << 16
    rest = [(k, v) for k, v in parts.items() if k != "config.json"]
    refused([*rest, (info, parts["config.json"])], "as a plain file")


def test_layers_with_code_are_refused(parts, refused):
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1]["class_name"] = "Lambda"
    bad = {**parts, "config.json": json.dumps(config)}
    refused(bad.items(), "Received: 'Lambda'")


def test_links_in_the_weights_are_refused(parts, refused, tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["a"] = np.ones(3)
        file["b"] = h5py.ExternalLink("/etc/other.h5", "/")
    bad = {**parts, "model.weights.h5": path.read_bytes()}
    refused(bad.items(), "no links")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"{}"])
def test_another_file_is_told(tmp_path, content):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    with pytest.raises(errors.UserError, match="whole .keras file"):
        keras_archive.check(path)
