"""Tests of all files of an export, and of finding them again."""

import gzip
import json
import types

import pytest

from ednas_tf import errors, exporting, runs
from ednas_tf.exporting import tflite_metadata

_DATASET = types.SimpleNamespace(
    kind="image",
    input_shape=(8, 8, 3),
    classes=("cat", "dog", "owl", "emu"),
    mean=(1.0, 2.0, 3.0),
    std=(4.0, 5.0, 6.0),
)


@pytest.fixture(scope="module")
def exported(model, images, tmp_path_factory):
    """Returns a run with three files, and what `export.json` says."""
    run = runs.Run(tmp_path_factory.mktemp("run"))
    formats = ["saved_model", "float", "int8"]
    description = exporting.describe(_DATASET)
    content = exporting.export_all(model, formats, run, [images], description)
    run.write_json(runs.EXPORT, content)
    return run, content


@pytest.fixture(scope="module")
def raw(raw_model, pixels, int8_file, tmp_path_factory):
    """Returns a run and `export.json` of files that normalise, one given."""
    run = runs.Run(tmp_path_factory.mktemp("run"))
    description = exporting.describe(_DATASET, "inside")
    given = {"int8": int8_file.read_bytes()}
    content = exporting.export_all(
        raw_model,
        ["int8", "saved_model", "float"],
        run,
        [pixels],
        description,
        given,
    )
    return run, content


@pytest.fixture
def run(tmp_path):
    """Returns a run with one artifact of two bytes."""
    run = runs.Run(tmp_path)
    run.path("model.tflite").write_bytes(b"ab")
    sha256 = runs.sha256(run.path("model.tflite"))
    entries = {"model.tflite": {"sha256": sha256}}
    run.write_json(runs.EXPORT, {"artifacts": entries})
    return run


def test_files_have_the_names_of_the_contract(exported):
    run, content = exported
    names = {"saved_model", "model.tflite", "model_int8.tflite"}
    assert set(content["artifacts"]) == names
    assert {p.name for p in run.folder.iterdir()} == {*names, "export.json"}


def test_entries_tell_format_and_size(exported):
    run, content = exported
    entry = content["artifacts"]["model_int8.tflite"]
    assert entry["format"] == "int8"
    assert entry["bytes"] == run.path("model_int8.tflite").stat().st_size


def test_the_size_of_a_folder_is_that_of_its_files(exported):
    run, content = exported
    weights = "saved_model/variables/variables.data-00000-of-00001"
    graph = run.path("saved_model/saved_model.pb")
    least = graph.stat().st_size + run.path(weights).stat().st_size
    assert content["artifacts"]["saved_model"]["bytes"] > least


def test_entries_tell_how_integers_are_meant(exported):
    _, content = exported
    entry = content["artifacts"]["model_int8.tflite"]
    (output,) = entry["outputs"]
    assert entry["signature"] == "serve"
    assert output["dtype"] == "int8"
    assert (output["scale"], output["zero_point"]) == (1 / 256, -128)


def test_the_images_are_described(exported):
    _, content = exported
    assert content["image_shape"] == [8, 8, 3]
    assert content["classes"] == ["cat", "dog", "owl", "emu"]
    assert content["normalization"]["mean"] == [1.0, 2.0, 3.0]
    assert content["normalization"]["std"] == [4.0, 5.0, 6.0]


def test_normalisation_is_outside_by_default(exported):
    _, content = exported
    assert content["preprocessing"] == "outside"
    formula = content["normalization"]["formula"]
    assert formula == "(image - mean) / std, per channel, image in 0..255"


def test_the_task_is_told(exported):
    _, content = exported
    assert content["task"] == "classification"
    boxed = types.SimpleNamespace(**vars(_DATASET), task="detection")
    assert exporting.describe(boxed)["task"] == "detection"


def test_the_size_after_gzip_is_told(exported):
    run, content = exported
    packed = gzip.compress(run.path("model.tflite").read_bytes(), mtime=0)
    entry = content["artifacts"]["model.tflite"]
    assert entry["gzip_bytes"] == len(packed) < entry["bytes"]
    assert "gzip_bytes" not in content["artifacts"]["saved_model"]


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_labels_are_inside_the_files(exported, name):
    run, _ = exported
    found = tflite_metadata.read(run.path(name).read_bytes())
    assert found["files"] == {"labels.txt": "cat\ndog\nowl\nemu\n"}


def test_files_that_normalise_take_pixels(raw):
    _, content = raw
    assert content["preprocessing"] == "inside"
    assert content["normalization"]["formula"].endswith("do this themselves")
    for name in ("saved_model", "model.tflite"):
        (entry,) = content["artifacts"][name]["inputs"]
        assert entry["dtype"] == "uint8"


def test_a_file_that_is_given_is_not_converted(raw, int8_file):
    run, content = raw
    stored = run.path("model_int8.tflite").read_bytes()
    given = int8_file.read_bytes()
    assert tflite_metadata.remove(stored).startswith(given)
    assert content["artifacts"]["model_int8.tflite"]["format"] == "int8"


def test_artifacts_stand_in_the_order_of_the_formats(raw):
    _, content = raw
    names = ["model_int8.tflite", "saved_model", "model.tflite"]
    assert list(content["artifacts"]) == names


def test_features_stay_float_when_files_normalise(raw_model, pixels, tmp_path):
    spoken = types.SimpleNamespace(**{**vars(_DATASET), "kind": "audio"})
    description = exporting.describe(spoken, "inside")
    run = runs.Run(tmp_path)
    formats = ["saved_model", "float", "int8"]
    content = exporting.export_all(
        raw_model, formats, run, [pixels], description
    )
    entries = content["artifacts"].values()
    dtypes = [entry["inputs"][0]["dtype"] for entry in entries]
    assert dtypes == ["float32", "float32", "int8"]


def test_the_front_end_of_audio_is_described():
    spoken = types.SimpleNamespace(**{**vars(_DATASET), "kind": "audio"})
    described = exporting.describe(spoken)
    assert described["audio"]["sample_rate_hz"] == 16_000
    assert described["normalization"]["formula"].startswith("(features")
    assert "audio" not in exporting.describe(_DATASET)


def test_artifacts_are_found_again(exported):
    run, content = exported
    expected = {name: run.path(name) for name in content["artifacts"]}
    assert exporting.artifacts(run) == expected


def test_a_changed_file_is_told(run):
    run.path("model.tflite").write_bytes(b"ac")
    with pytest.raises(errors.UserError, match=r"model\.tflite is not what"):
        exporting.artifacts(run)


def test_a_changed_file_in_a_folder_is_told(exported, tmp_path):
    run, content = exported
    entry = content["artifacts"]["saved_model"]
    other = runs.Run(tmp_path)
    other.write_json(runs.EXPORT, {"artifacts": {"saved_model": entry}})
    other.path("saved_model").mkdir()
    other.path("saved_model/saved_model.pb").write_bytes(b"a")
    with pytest.raises(errors.UserError, match="saved_model is not what"):
        exporting.artifacts(other)


def test_a_missing_file_is_told(run):
    run.path("model.tflite").unlink()
    with pytest.raises(errors.UserError, match="which is missing"):
        exporting.artifacts(run)


def test_a_run_without_an_export_is_told(tmp_path):
    with pytest.raises(errors.UserError, match=r"export\.json"):
        exporting.artifacts(runs.Run(tmp_path))


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"artifacts": []}', '{"artifacts": {"a": 1}}']
)
def test_a_broken_description_is_told(run, text):
    run.write_text(runs.EXPORT, text)
    with pytest.raises(errors.UserError, match=r"export\.json is not what"):
        exporting.artifacts(run)


def test_files_outside_the_run_are_refused(run):
    entries = {"../model.tflite": {"sha256": ""}}
    run.write_text(runs.EXPORT, json.dumps({"artifacts": entries}))
    with pytest.raises(errors.UserError, match="Unknown artifact"):
        exporting.artifacts(run)


@pytest.mark.parametrize(
    ("formats", "message"), [([], "none"), (["flaot"], "Did you mean 'float'")]
)
def test_wrong_formats_are_told(model, run, formats, message):
    with pytest.raises(errors.UserError, match=message):
        exporting.export_all(model, formats, run, None, {})
