"""A broken run goes on from its last good state."""

import pathlib
import signal

import keras
import numpy as np
import pytest

from ednas_tf import errors, interruption, runs
from tests.callbacks.trained import Kill, search, searcher, state


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
    states = sorted(run.path(runs.SEARCH_STATE).glob("*.json"))
    assert [path.stem for path in states] == ["epoch00002", "epoch00003"]


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


class _Signal(keras.callbacks.Callback):
    """Sends SIGTERM after a step, or in a validation."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.epoch, self.batch = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def _handled():
    before = signal.signal(signal.SIGTERM, interruption._handle)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("epoch", "batch", "saved"),
    [(0, 0, "epoch00000-step0000001"), (1, 1, "epoch00002")],
)
def test_a_signal_saves_within_the_epoch(
    tmp_path, _handled, epoch, batch, saved
):
    whole, broken, resumed = (searcher(eager=False) for _ in range(3))
    search(whole, runs.Run(tmp_path / "whole"))
    run = runs.Run(tmp_path / "broken")
    with pytest.raises(interruption.Terminated):
        search(broken, run, more=[_Signal(epoch, batch)])
    states = sorted(run.path(runs.SEARCH_STATE).glob("*.json"))
    assert states[-1].stem == saved
    search(resumed, run)
    for one, two in zip(state(whole), state(resumed), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    rows = [
        r.read_rows(runs.HISTORY) for r in (runs.Run(tmp_path / "whole"), run)
    ]
    for one, two in zip(*rows, strict=True):
        assert float(one["loss"]) == pytest.approx(float(two["loss"]), rel=1e-4)
        assert float(one["seconds"]) > 0 < float(two["seconds"])
