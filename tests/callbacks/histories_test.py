"""Every epoch leaves its rows."""

import numpy as np
import pytest

from ednas_tf import callbacks, runs
from tests.callbacks.trained import searcher


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
