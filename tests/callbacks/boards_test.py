"""TensorBoard finds the figures of a run."""

import types

import numpy as np
import pytest
import tensorflow as tf
from tensorboard.util import tensor_util

from ednas_tf import callbacks, errors, runs
from tests.callbacks.events_test import figures, read
from tests.callbacks.trained import Kill, search, searcher


def events_of(run):
    """Returns the folder of the search's events."""
    return run.path(runs.TENSORBOARD) / "search"


def test_figures_have_tags_in_groups(finished):
    tags = set(read(events_of(finished[0])).Tags()["tensors"])
    expected = (
        "loss/training loss/path1 loss/path2 accuracy/training "
        "feedback/feedback_weight1 cost/expected_latency_us "
        "cost/budget_latency_us cost/multiplier_latency_us "
        "schedule/temperature schedule/learning_rate "
        "alphas/block1 probabilities/now probabilities/history"
    )
    assert tags >= set(expected.split())


def test_figures_are_those_of_the_history(finished):
    rows = finished[0].read_rows(runs.HISTORY)
    found = figures(events_of(finished[0]), "cost/expected_latency_us")
    assert [step for step, _ in found] == [1, 2]
    expected = [float(row["expected_latency_us"]) for row in rows]
    np.testing.assert_allclose([v for _, v in found], expected, rtol=1e-5)
    budgets = figures(events_of(finished[0]), "cost/budget_latency_us")
    assert budgets == [(1, 1e5), (2, 1e5)]


def test_a_run_is_a_row_with_its_last_figures(finished):
    folder = finished[0].path(runs.TENSORBOARD) / "results"
    assert "_hparams_/session_start_info" in read(folder).Tags()["tensors"]


def test_a_resumed_run_shows_every_epoch_once(tmp_path):
    run = runs.Run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        search(searcher(), run, more=[Kill(1)])
    search(searcher(), run)
    found = figures(events_of(run), "loss/training")
    assert [step for step, _ in found] == [1, 2, 3]
    pictures = read(events_of(run)).Tensors("probabilities/history")
    sizes = [tensor_util.make_ndarray(p.tensor_proto)[:2] for p in pictures]
    assert len(sizes) == 3


def test_channels_that_are_searched_are_shown(tmp_path):
    board = callbacks.Board(runs.Run(tmp_path), "search")
    board.set_model(
        types.SimpleNamespace(
            optimizer=types.SimpleNamespace(learning_rate=0.5),
            groups=[types.SimpleNamespace(name="block1")],
            counts=lambda: [12.0],
        )
    )
    board.on_epoch_begin(0)
    board.on_epoch_end(0, {"loss": 1.0})
    found = figures(events_of(board.run), "channels/block1")
    assert found == [(1, 12.0)]


def test_a_full_disk_does_not_stop_a_training(tmp_path, caplog):
    run = runs.Run(tmp_path)
    run.path(runs.TENSORBOARD).mkdir()
    run.write_text(f"{runs.TENSORBOARD}/train", "in the way of a folder")
    board = callbacks.Board(run, "train")
    model = searcher()
    board.set_model(model)
    for epoch in range(2):
        board.on_epoch_begin(epoch)
        board.on_epoch_end(epoch, {"loss": 1.0})
    assert len(caplog.records) == 1


def test_spoiled_probabilities_are_told_in_one_line(tmp_path):
    run = runs.Run(tmp_path)
    board = callbacks.Board(run, "search")
    board.set_model(searcher())
    rows = [
        {"epoch": 1, "slot": slot.name, "operation": name, "probability": "x"}
        for slot in board.model.space.slots
        for name in slot.operations
    ]
    run.write_rows(runs.ALPHAS, rows)
    board.on_epoch_begin(0)
    with pytest.raises(errors.UserError, match=r"alphas\.csv"):
        board.on_epoch_end(0, {"loss": 1.0})


@pytest.mark.parametrize(
    ("steps", "traced"), [(30, range(10, 15)), (8, range(3, 8)), (2, range(2))]
)
def test_profile_traces_a_few_steps_of_the_first_epoch(
    monkeypatch, steps, traced
):
    told, seen = [], []
    profiler = tf.profiler.experimental
    monkeypatch.setattr(profiler, "start", told.append)
    monkeypatch.setattr(profiler, "stop", told.clear)
    callback = callbacks.Profile("events")
    callback.set_params({"steps": steps})
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        for step in range(steps):
            callback.on_train_batch_begin(step)
            seen += [(epoch, step)] if told else []
            callback.on_train_batch_end(step)
    assert seen == [(0, step) for step in traced]
    assert not told
