"""All that happens around a step."""

import contextlib
import io
import os
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import callbacks, errors, runs
from ednas_tf.searchers import Objective, Searcher, Settings
from ednas_tf.stages import resuming
from tests import small


def searcher(constraint="dual", eager=True):
    """Returns a small searcher with a latency budget, compiled."""
    keras.utils.set_random_seed(0)
    wanted = [Objective("latency_us", weight=0.1, budget=1e5)]
    settings = Settings(constraint=constraint)
    model = Searcher(small.space(channels=(4, 2)), wanted, settings)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9), keras.optimizers.Adam(0.1)
    )
    model.run_eagerly = eager  # A few steps are not worth a graph.
    return model


def batches():
    """Returns two pairs of batches."""
    images, labels = small.batch(8)
    pairs = tf.data.Dataset.from_tensor_slices((images, labels)).batch(4)
    return tf.data.Dataset.zip(pairs, pairs)


def table(model, factor=1.0):
    """Returns the table of a model with its fixed cost scaled."""
    counted = small.mac_table(model.space)
    fixed = {name: cost * factor for name, cost in counted.fixed.items()}
    return type(counted)(
        counted.slot_names, counted.operations, fixed, counted.slots
    )


class Kill(keras.callbacks.Callback):
    """Ends a training as a signal would."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


class Look(keras.callbacks.Callback):
    """Remembers what `look(model)` returns in each epoch."""

    def __init__(self, look):
        super().__init__()
        self.look = look
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.look(self.model))


def search(model, run, epochs=3, more=(), read=None, path=None):
    """Searches with all callbacks in the order of the search stage."""
    model.fit(
        batches(),
        initial_epoch=resuming.restore(model, run, runs.SEARCH_STATE),
        epochs=epochs,
        verbose=0,
        callbacks=[
            callbacks.TableFeed(read or (lambda: table(model)), path),
            callbacks.SearchPhases(1, epochs, 5.0, 0.1),
            *callbacks.standard(
                run,
                "search",
                epochs,
                runs.HISTORY,
                records=[callbacks.AlphaHistory(run)],
            ),
            *more,
        ],
    )


def state(model):
    """Returns all that a step depends on."""
    return [
        np.array(variable)
        for variable in (
            *model.supernet.weights,
            *model.alphas,
            *(gate.seed_generator.state for gate in model.gates),
            *model.cost_loss.weights,
            *model.optimizer.variables,
            *model.alpha_optimizer.variables,
        )
    ]


@pytest.mark.parametrize(("constraint", "epoch"), [("dual", 2), ("hinge", 1)])
def test_a_broken_run_ends_as_an_unbroken_one(tmp_path, constraint, epoch):
    whole, broken, resumed = (
        searcher(constraint, eager=False) for _ in range(3)
    )
    search(whole, runs.Run(tmp_path / "whole"))
    run = runs.Run(tmp_path / "broken")
    with pytest.raises(KeyboardInterrupt):
        search(broken, run, more=[Kill(epoch)])
    search(resumed, run)
    for one, two in zip(state(whole), state(resumed), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    assert [row["epoch"] for row in run.read_rows(runs.HISTORY)] == list("123")
    states = sorted(run.path(runs.SEARCH_STATE).glob("*"))
    assert [path.name[:10] for path in states] == ["epoch00002", "epoch00003"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Returns a run of two epochs, its model, and what it printed."""
    run, model = runs.Run(tmp_path_factory.mktemp("finished")), searcher()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        search(model, run, epochs=2)
    return run, model, printed.getvalue()


def test_history_has_the_columns_of_the_contract(finished):
    row = finished[0].read_rows(runs.HISTORY)[-1]
    expected = (
        "epoch loss loss_path1 loss_path2 feedback_weight1 feedback_weight2 "
        "accuracy expected_latency_us temperature learning_rate seconds"
    )
    assert set(row) >= set(expected.split())
    assert float(row["learning_rate"]) == pytest.approx(0.05)


def test_alphas_are_written_for_every_epoch_slot_and_operation(finished):
    run, model, _ = finished
    rows = run.read_rows(runs.ALPHAS)
    assert len(rows) == 2 * 2 * 3
    last = [float(row["probability"]) for row in rows[-3:]]
    expected = np.asarray(model.gates[-1].probabilities())
    np.testing.assert_allclose(last, expected, rtol=1e-4)
    assert rows[-1]["slot"] == "block2"
    assert rows[-1]["operation"] == "skip"


def test_progress_prints_a_line_per_epoch(finished):
    lines = finished[2].strip().splitlines()
    assert lines[0].startswith("search 1/2: ")
    assert "expected_latency_us" in lines[1]
    assert lines[1].endswith("0 s left")


def test_figures_are_written_for_tensorboard(finished):
    folder = finished[0].path(runs.TENSORBOARD) / "search"
    (events,) = [folder / name for name in os.listdir(folder)]
    records = list(tf.data.TFRecordDataset(str(events)).as_numpy_iterator())
    tags = {
        value.tag
        for record in records
        for value in tf.compat.v1.Event.FromString(record).summary.value
    }
    assert {"loss", "temperature", "block1_gate"} <= tags


def test_rows_after_the_last_checkpoint_are_written_again(tmp_path):
    run = runs.Run(tmp_path)
    stale = [{"epoch": e, "loss": 9} for e in (1, 2, 3)]
    run.write_rows(runs.HISTORY, stale)
    history = callbacks.History(run, runs.HISTORY)
    history.set_model(searcher())
    history.on_epoch_begin(1)
    history.on_epoch_end(1, {"loss": 0.5})
    rows = run.read_rows(runs.HISTORY)
    assert [(r["epoch"], r["loss"]) for r in rows] == [("1", "9"), ("2", "0.5")]


def test_temperature_and_warm_up_of_every_epoch(tmp_path):
    look = Look(lambda m: (float(m.temperature), float(m.searching)))
    search(searcher(), runs.Run(tmp_path), more=[look])
    temperatures, searching = zip(*look.seen, strict=True)
    expected = [5.0, np.sqrt(5.0 * 0.1), 0.1]
    np.testing.assert_allclose(temperatures, expected, rtol=1e-5)
    assert searching == (0.0, 1.0, 1.0)


def test_strengths_start_after_the_warm_up_and_ramp_up(tmp_path):
    look = Look(
        lambda m: (float(m.cost_loss.strengths[0]), float(m.cost_loss.ramp))
    )
    model = searcher("hinge")
    search(model, runs.Run(tmp_path), epochs=5, more=[look])
    strengths, ramps = zip(*look.seen, strict=True)
    assert strengths[0] > 0.0
    assert set(strengths) == {strengths[0]}
    np.testing.assert_allclose(ramps, [0.01, 0.01, 0.505, 1.0, 1.0])


def test_table_is_written_when_training_starts():
    model = searcher()
    feed = callbacks.TableFeed(lambda: table(model))
    feed.set_model(model)
    feed.on_train_begin()
    expected = table(model).fixed["latency_us"]
    assert float(model.cost_loss.fixed[0]) == pytest.approx(expected)


def test_a_table_that_changes_between_epochs_is_read_again(tmp_path):
    model, path = searcher(), tmp_path / "table"
    path.write_text("1")
    change = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: epoch == 0 and path.write_text("2.0")
    )
    look = Look(lambda m: float(m.cost_loss.fixed[0]))
    search(
        model,
        runs.Run(tmp_path / "run"),
        read=lambda: table(model, float(path.read_text())),
        path=path,
        more=[look, change],
    )
    base = table(model).fixed["latency_us"]
    np.testing.assert_allclose(look.seen, [base, 2 * base, 2 * base])


def test_a_table_that_changed_while_a_run_was_broken_is_used(tmp_path):
    path, run = tmp_path / "table", runs.Run(tmp_path / "run")
    path.write_text("1")
    broken, resumed = searcher(), searcher()
    with pytest.raises(KeyboardInterrupt):
        search(broken, run, path=path, more=[Kill(2)])
    look = Look(lambda m: float(m.cost_loss.fixed[0]))
    changed = table(resumed, 2.0)
    search(resumed, run, read=lambda: changed, path=path, more=[look])
    assert look.seen == [pytest.approx(changed.fixed["latency_us"])]


def test_a_table_that_vanishes_is_named(tmp_path):
    feed = callbacks.TableFeed(lambda: None, tmp_path / "gone.csv")
    with pytest.raises(errors.UserError, match=r"gone\.csv cannot be read"):
        feed.on_epoch_begin(0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_divergence_ends_with_exit_code_4(value):
    with pytest.raises(errors.DivergenceError, match="epoch 3") as caught:
        callbacks.StopOnDivergence().on_epoch_end(2, {"loss": value})
    assert caught.value.exit_code == 4


def test_divergence_keeps_the_last_good_state(tmp_path):
    model, run = searcher(), runs.Run(tmp_path)

    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                self.model.kernels[0].assign(self.model.kernels[0] * np.nan)

    with pytest.raises(errors.DivergenceError):
        search(model, run, more=[Spoil()])
    assert len(run.read_rows(runs.HISTORY)) == 2
    fresh = searcher()
    look = Look(lambda m: np.isfinite(m.kernels[0]).all())
    search(fresh, run, more=[look])
    assert look.seen == [True]


def test_a_broken_checkpoint_is_named(tmp_path):
    run = runs.Run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        search(searcher(), run, more=[Kill(1)])
    saved = [p for p in pathlib.Path(tmp_path).rglob("*") if ".h5" in p.name]
    assert saved
    for path in saved:
        path.write_bytes(b"broken")
    with pytest.raises(errors.UserError, match="checkpoint .* cannot be read"):
        search(searcher(), run)


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
