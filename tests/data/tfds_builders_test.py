"""Tests of finding TFDS datasets, without network."""

import shutil

import pytest
import tensorflow_datasets as tfds

from ednas_tf import data, errors
from ednas_tf.data import tfds_builders

_RECORDS = [((4, 4), 0), ((4, 4), 1)]


@pytest.fixture(scope="module")
def data_dir(make_tfds):
    return make_tfds(train=_RECORDS)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("no route\nto host")

    monkeypatch.setattr(tfds, "builder", fail)


@pytest.mark.parametrize("name", ["made", "made:1.0.0", "made:1.*.*"])
def test_finds_a_prepared_dataset_without_its_code(data_dir, name):
    builder = tfds_builders.find(data.DataSpec(name, data_dir))
    assert builder.info.full_name == "made/1.0.0"


def test_unknown_name_suggests_the_nearest(data_dir):
    with pytest.raises(errors.UserError, match="Did you mean 'made'"):
        tfds_builders.find(data.DataSpec("mad", data_dir))


@pytest.mark.parametrize("name", ["cifar11", "a b", "x:y/z", ""])
def test_unknown_name_is_never_looked_up(tmp_path, name):
    spec = data.DataSpec(name, str(tmp_path), download=True)
    with pytest.raises(errors.UserError, match="Unknown dataset"):
        tfds_builders.find(spec)


@pytest.mark.parametrize("name", ["cifar10", "voc/2007", "kmnist"])
def test_data_that_are_not_prepared_name_the_flags(tmp_path, name):
    with pytest.raises(errors.UserError) as raised:
        tfds_builders.find(data.DataSpec(name, str(tmp_path)))
    for part in (name, str(tmp_path), "--data_dir", "--download"):
        assert part in str(raised.value)


def test_missing_version_is_not_found(data_dir):
    with pytest.raises(errors.UserError, match="made:9.9.9.*version"):
        tfds_builders.find(data.DataSpec("made:9.9.9", data_dir))


def test_failed_download_is_one_line(tmp_path):
    spec = data.DataSpec("cifar10", str(tmp_path), download=True)
    with pytest.raises(errors.UserError, match="cifar10.*: no route$"):
        tfds_builders.find(spec)


def test_a_plain_folder_gets_the_prefix_that_it_needs(tmp_path):
    with pytest.raises(errors.UserError, match=f"folder:{tmp_path}"):
        tfds_builders.find(data.DataSpec(str(tmp_path)))


def test_broken_metadata_are_one_line(data_dir, tmp_path):
    broken = tmp_path / "tfds"
    shutil.copytree(data_dir, broken)
    (broken / "made" / "1.0.0" / "dataset_info.json").write_text("{")
    with pytest.raises(errors.UserError, match="Could not read.*made") as e:
        tfds_builders.find(data.DataSpec("made", str(broken)))
    assert "\n" not in str(e.value)


@pytest.mark.parametrize("name", ["made", "Made", "made:1.0.0"])
def test_code_that_a_dataset_names_does_not_run(
    data_dir, tmp_path, monkeypatch, name
):
    copy = shutil.copytree(data_dir, tmp_path / "tfds")
    (tmp_path / "stranger.py").write_text("raise SystemExit('it ran')")
    monkeypatch.syspath_prepend(tmp_path)
    path = copy / "made" / "1.0.0" / "features.json"
    text = path.read_text().replace(
        "tensorflow_datasets.core.features.image_feature", "stranger"
    )
    path.write_text(text)
    with pytest.raises(errors.UserError, match="code that would|Unknown"):
        tfds_builders.find(data.DataSpec(name, str(copy)))
