"""Tests of what a prepared dataset may ask for."""

import json

import pytest
import tensorflow_datasets as tfds

from ednas_tf import errors
from ednas_tf.untrusted import tfds_folder


def _write(folder, features, info=None):
    (folder / "features.json").write_text(json.dumps(features))
    (folder / "dataset_info.json").write_text(json.dumps(info or {}))
    return folder


def _features():
    return tfds.features.FeaturesDict(
        {
            "image": tfds.features.Image(shape=(8, 8, 3)),
            "objects": tfds.features.Sequence(
                {"label": tfds.features.ClassLabel(names=["a", "b"])}
            ),
        }
    )


def test_what_tfds_writes_passes(tmp_path):
    _features().save_config(tmp_path)
    info = {"splits": [{"filepathTemplate": "{DATASET}-{SPLIT}"}]}
    (tmp_path / "dataset_info.json").write_text(json.dumps(info))
    tfds_folder.check(tmp_path)


def test_the_older_form_passes(tmp_path):
    tfds_folder.check(_write(tmp_path, _features().to_json()))


@pytest.mark.parametrize("key", ["type", "pythonClassName"])
def test_a_class_elsewhere_is_refused_before_its_module_runs(tmp_path, key):
    features = {"content": {"image": {key: "stranger.code.Feature"}}}
    with pytest.raises(errors.UserError, match="code that would run"):
        tfds_folder.check(_write(tmp_path, features))


@pytest.mark.parametrize("template", ["/etc/{SPLIT}", "../{SPLIT}", 7])
def test_records_elsewhere_are_refused(tmp_path, template):
    info = {"splits": [{"filepathTemplate": template}]}
    with pytest.raises(errors.UserError, match="files beside it"):
        tfds_folder.check(_write(tmp_path, {}, info))


@pytest.mark.parametrize("content", [b"[", b"\xff", b"[1]"])
def test_a_broken_description_is_told(tmp_path, content):
    (tmp_path / "features.json").write_bytes(content)
    with pytest.raises(errors.UserError, match="features.json"):
        tfds_folder.check(tmp_path)
