"""TensorBoard shows runs as rows of a table."""

import json

import pytest
from tensorboard.plugins.hparams import metadata

from ednas_tf import runs
from ednas_tf.callbacks import sessions
from tests.callbacks.events_test import figures, read

FLAGS = {
    "search": {
        "seed": 3,
        "task": "classification",
        "operations": ["dw3", "dw5"],
        "feedback": True,
        "latency_budget_us": None,
        "validation_split": 0.1,
    },
    "train": {"seed": 4, "learning_rate": 0.5},
}
RESULTS = {
    "val_accuracy_search": 0.5,
    "val_accuracy_train": 0.75,
    "latency_us": 1500.0,
    "accuracy": 0.8,
    "test_accuracy_model_int8.tflite": 0.7,
}


@pytest.fixture
def run(tmp_path):
    """Returns the `Run` of a folder in which all stages have run."""
    made = runs.Run(tmp_path / "sweep" / "points" / "p1")
    made.write_json(runs.CONFIG, FLAGS)
    made.write_text(runs.FLAGS, "--seed=3\n--paths=2\n")
    for name, accuracy in ((runs.HISTORY, 0.5), (runs.TRAIN_HISTORY, 0.75)):
        rows = [{"epoch": 1, "val_accuracy": 0.1}]
        made.write_rows(name, [*rows, {"epoch": 2, "val_accuracy": accuracy}])
    costs = {"latency_us": 1500.0, "energy_uj": None}
    made.write_json(runs.SEARCH, {"costs": costs})
    rows = {runs.MODEL: {"accuracy": 0.8}}
    rows["model_int8.tflite"] = {"accuracy": 0.7}
    made.write_json(runs.METRICS, {"artifacts": rows})
    return made


def started(run):
    """Returns the row of a run as TensorBoard reads it, and its folder."""
    folder = run.path(runs.TENSORBOARD) / "results"
    found = read(folder).SummaryMetadata(metadata.SESSION_START_INFO_TAG)
    content = found.plugin_data.content
    return metadata.parse_session_start_info_plugin_data(content), folder


def test_flags_that_have_a_value_are_hyperparameters(run):
    sessions.record(run)
    row, _ = started(run)
    assert row.group_name == "sweep/points/p1"
    assert set(row.hparams) == {
        "seed",
        "operations",
        "feedback",
        "learning_rate",
    }
    assert row.hparams["seed"].number_value == 3
    assert row.hparams["operations"].string_value == "dw3, dw5"
    assert row.hparams["feedback"].bool_value is True


def test_results_of_all_stages_are_metrics(run):
    sessions.record(run)
    _, folder = started(run)
    for name, value in RESULTS.items():
        found = figures(folder, f"results/{name}")
        assert found == [(0, pytest.approx(value))]


def test_a_row_replaces_the_one_before(run):
    sessions.record(run)
    run.write_json(runs.CONFIG, {"search": {"seed": 9}})
    sessions.record(run)
    row, folder = started(run)
    assert row.hparams["seed"].number_value == 9
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("name", [runs.SEARCH, runs.METRICS, runs.HISTORY])
@pytest.mark.parametrize("text", ["{", "[]", '{"costs": 1, "artifacts": 2}'])
def test_a_spoiled_file_costs_its_figures_alone(run, name, text):
    run.write_text(name, text)
    found = sessions.results(run)
    assert found.items() < RESULTS.items()
    assert found


def test_a_detector_is_told_by_its_own_measure(run):
    run.write_json(runs.CONFIG, {"search": {"task": "detection"}})
    row = {"mean_average_precision": 0.3}
    run.write_json(runs.METRICS, {"artifacts": {runs.MODEL: row}})
    assert sessions.results(run)["mean_average_precision"] == 0.3


def test_a_folder_without_anything_has_an_empty_row(tmp_path):
    run = runs.Run(tmp_path)
    sessions.record(run)
    assert not started(run)[0].hparams
    assert json.dumps(sessions.results(run)) == "{}"
