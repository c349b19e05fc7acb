"""Schedules change with steps and epochs, costs with their table."""

import keras
import numpy as np
import pytest

from ednas_tf import callbacks, errors, runs
from tests.callbacks.trained import Kill, Look, search, searcher, table


def test_warm_up_ends_with_its_epochs(tmp_path):
    look = Look(lambda m: float(m.searching))
    search(searcher(), runs.Run(tmp_path), more=[look])
    assert look.seen == [0.0, 1.0, 1.0]


def test_what_is_too_dear_is_not_drawn_after_the_warm_up(tmp_path):
    look = Look(lambda m: [float(p.min()) for p in map(np.array, odds(m))])
    model = searcher()
    costs = table(model)
    budget = costs.smallest()["latency_us"]
    search(model, runs.Run(tmp_path), more=[look], budget=budget)
    assert min(look.seen[0]) > 0.0
    assert max(look.seen[1]) == 0.0


def strength(warmup, within_reach):
    """Returns the strength of a penalty as a search begins to choose."""
    model = searcher("hinge")
    costs = table(model, factor=1e4)
    model.cost_loss.set_table(costs)
    model.within_reach = within_reach
    phases = callbacks.SearchPhases(2, warmup, 3, 5.0, 0.1)
    phases.set_model(model)
    loss = float(np.log(model.space.skeleton.num_classes))
    if warmup:
        phases.on_epoch_end(0, {"loss": loss})
    else:
        phases.on_epoch_begin(0)
    model.allow(within_reach)
    gap = float(model.cost_loss.expected(odds(model))[0]) / 1e5 - 1
    found = float(model.cost_loss.strengths[0])
    assert found == pytest.approx(loss / gap)
    return found


def test_strengths_are_for_what_can_still_be_drawn():
    slots = searcher().space.slots
    cheapest = [(True, *[False] * (len(s.operations) - 1)) for s in slots]
    assert strength(0, cheapest) == strength(1, cheapest) > strength(1, None)


def odds(model):
    """Returns the probabilities of each slot."""
    return model.probabilities()


def test_temperature_falls_with_every_step_after_the_warm_up(tmp_path):
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda *given, **_: seen.append(
            float(model.temperature)
        )
    )
    model = searcher()
    search(model, runs.Run(tmp_path), more=[look])
    warmup = len(seen) // 3
    np.testing.assert_allclose(seen[:warmup], 5.0)
    expected = np.geomspace(5.0, 0.1, len(seen) - warmup)
    np.testing.assert_allclose(seen[warmup:], expected, rtol=1e-4)


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
