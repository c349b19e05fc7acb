"""Tests of measuring Keras, SavedModel and TFLite files."""

import functools
import json
from unittest import mock

import keras
import numpy as np
import pytest

from ednas_tf import errors, evaluation, tasks
from ednas_tf.evaluation import measuring
from ednas_tf.exporting import saved_model, tflite

_NAMES = ("model.keras", "saved_model", "model.tflite", "model_int8.tflite")
# Class 0 where the mean of the pixels is below 0: the third label is wrong.
_IMAGES = np.ones((5, 2, 2, 1), np.float32) * np.reshape(
    [-0.9, 0.9, -0.5, 0.5, 0.7], (5, 1, 1, 1)
).astype(np.float32)
_LABELS = np.array([0, 1, 1, 1, 1], np.int32)
_BATCHES = [(_IMAGES[:3], _LABELS[:3]), (_IMAGES[3:], _LABELS[3:])]
_COUNTS = {"macs": 2, "params": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A network that compares the mean with 0, in every format."""
    folder = tmp_path_factory.mktemp("run")
    image = keras.layers.Input((2, 2, 1), name="image")
    x = keras.layers.GlobalAveragePooling2D()(image)
    x = keras.layers.Dense(2, activation="softmax", name="dense")(x)
    model = keras.Model(image, x)
    model.get_layer("dense").kernel.assign([[-1.0, 1.0]])
    model.save(folder / "model.keras")
    saved_model.export(model, str(folder / "saved_model"))
    formats = {"float": "model.tflite", "int8": "model_int8.tflite"}
    for format, content in tflite.convert_all(model, formats, [_IMAGES]):
        (folder / formats[format]).write_bytes(content)
    return folder


def measured(paths, batches=_BATCHES, raw=False):
    subjects = {
        path.name: evaluation.Subject(
            evaluation.open_artifact(path), evaluation.size_of(path), raw
        )
        for path in paths
    }
    new_tally = functools.partial(evaluation.tally, tasks.CLASSIFICATION, 2)
    return evaluation.evaluate(
        subjects, lambda raw: batches, new_tally, _COUNTS
    )


@pytest.fixture(scope="module")
def metrics(folder):
    return measured([folder / name for name in _NAMES])


@pytest.mark.parametrize("name", _NAMES)
def test_probabilities_are_those_of_the_formula(folder, name):
    runner = evaluation.open_artifact(folder / name)
    received = runner.predict(_IMAGES)["probabilities"]
    mean = _IMAGES.mean(axis=(1, 2, 3))
    expected = 1 / (1 + np.exp(-2 * mean))
    tolerance = 0.02 if "int8" in name else 1e-6
    np.testing.assert_allclose(received[:, 1], expected, atol=tolerance)


@pytest.mark.parametrize("name", _NAMES)
def test_accuracy_is_that_of_all_examples(metrics, name):
    assert metrics.artifacts[name]["accuracy"] == pytest.approx(4 / 5)
    assert metrics.artifacts[name]["examples"] == 5


@pytest.mark.parametrize("name", _NAMES)
def test_agreement_is_with_keras(metrics, name):
    row = metrics.artifacts[name]
    assert row["agreement"] == 1.0
    assert row["largest_difference"] <= (0.02 if "int8" in name else 1e-6)


def test_sizes_are_those_of_the_files(metrics, folder):
    parts = [p for p in (folder / "saved_model").rglob("*") if p.is_file()]
    size = {name: row["bytes"] for name, row in metrics.artifacts.items()}
    assert size["model.tflite"] == (folder / "model.tflite").stat().st_size
    assert size["saved_model"] == sum(p.stat().st_size for p in parts)


def test_metrics_are_json_with_the_counts(metrics):
    values = json.loads(json.dumps(metrics.to_dict()))
    assert (values["macs"], values["params"]) == (2, 4)
    assert list(values["artifacts"]) == list(_NAMES)
    assert all(row["latency_us"] > 0 for row in values["artifacts"].values())


def test_one_image_is_timed_by_the_median():
    clock = mock.Mock(side_effect=np.cumsum([0, 1e-6, 0, 5e-6, 0, 2e-6]))
    with (
        mock.patch.object(measuring.time, "perf_counter", clock),
        mock.patch.object(measuring, "_TIMED_RUNS", 3),
    ):
        assert evaluation.latency_us(mock.Mock()) == pytest.approx(2.0)


def test_slow_networks_are_timed_for_a_bounded_time():
    clock = mock.Mock(side_effect=np.arange(0, 100, 2.0))
    runner = mock.Mock()
    with mock.patch.object(measuring.time, "perf_counter", clock):
        evaluation.latency_us(runner)
    assert clock.call_count == 2 * 3  # Three runs of two seconds each.


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_order_does_not_depend_on_the_workers(folder, workers):
    runner = evaluation.TFLiteRunner(folder / "model.tflite", workers)
    mean = _IMAGES.mean(axis=(1, 2, 3))
    expected = 1 / (1 + np.exp(-2 * mean))
    received = runner.predict(_IMAGES)["probabilities"][:, 1]
    np.testing.assert_allclose(received, expected, atol=1e-6)


def test_networks_that_normalise_get_raw_examples(folder):
    reference = evaluation.open_artifact(folder / "model.keras")
    seen = []
    spy = mock.Mock(image_shape=(2, 2, 1), threads=1)
    spy.predict = lambda images: (
        seen.append(images.dtype) or reference.predict(images / 100)
    )
    subjects = {
        "reference": evaluation.Subject(reference, 1, timed=False),
        "raw": evaluation.Subject(spy, 1, raw=True, timed=False),
    }
    images = (np.float32([[[[100]], [[50]]]]) * np.ones((1, 2, 2, 1))).copy()
    given = {False: images / 100, True: images.astype(np.uint8)}
    result = evaluation.evaluate(
        subjects,
        lambda raw: [(given[raw], np.array([1]))],
        functools.partial(evaluation.tally, tasks.CLASSIFICATION, 2),
        _COUNTS,
    )
    assert seen == [np.uint8]
    assert result.artifacts["raw"]["largest_difference"] == 0.0
    assert result.artifacts["raw"]["latency_us"] is None


@pytest.mark.parametrize("name", _NAMES)
def test_a_missing_artifact_is_told(tmp_path, name):
    with pytest.raises(errors.UserError, match=f"{name}, which is missing"):
        evaluation.open_artifact(tmp_path / name)


@pytest.mark.parametrize("name", ["model.keras", "model.tflite"])
@pytest.mark.parametrize("size", [0, 3, 100, 900])
def test_a_cut_file_is_told(folder, tmp_path, name, size):
    path = tmp_path / name
    path.write_bytes((folder / name).read_bytes()[:size])
    with pytest.raises(errors.UserError, match=f"{name} cannot be run"):
        evaluation.open_artifact(path)


@pytest.mark.parametrize("content", [None, b"", b"not a graph"])
def test_a_corrupt_saved_model_is_told(tmp_path, content):
    path = tmp_path / "saved_model"
    path.mkdir()
    if content is not None:
        (path / "saved_model.pb").write_bytes(content)
    with pytest.raises(errors.UserError, match="saved_model cannot be run"):
        evaluation.open_artifact(path)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], "received none"),
        ([(np.zeros((1, 4, 4, 1)), [0])], "Expected images of"),
        ([(np.zeros((1, 2, 2, 3)), [0])], "Expected images of"),
        ([(np.zeros((1, 2, 2, 1)), [2])], "Expected labels below 2"),
    ],
)
def test_data_of_another_kind_is_told(folder, batches, message):
    with pytest.raises(errors.UserError, match=message):
        measured([folder / "model.tflite"], batches)
