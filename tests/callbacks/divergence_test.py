"""A loss that is not finite ends a run."""

import keras
import numpy as np
import pytest

from ednas_tf import callbacks, errors, interruption, runs
from tests.callbacks.trained import Look, search, searcher


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


class Overflow(keras.callbacks.Callback):
    """Makes an alpha infinite at the last step of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 1):
            self.model.alphas[0].assign([np.inf, 0.0, 0.0])


def test_a_state_that_is_not_finite_is_never_saved(tmp_path):
    run = runs.Run(tmp_path)
    with pytest.raises(errors.DivergenceError, match="epoch 2: `.*alpha` beca"):
        search(searcher(), run, more=[Overflow()])
    fresh, look = searcher(), Look(lambda m: np.isfinite(m.alphas[0]).all())
    search(fresh, run, epochs=2, more=[look])
    assert look.seen == [True]


def test_a_state_within_an_epoch_is_looked_at_before_it_is_saved(monkeypatch):
    watch = callbacks.StopOnDivergence()
    watch.set_model(searcher())
    watch.on_epoch_begin(3)
    watch.model.cost_loss.multipliers.assign([np.nan])
    watch.on_train_batch_end(0)
    monkeypatch.setattr(interruption, "pending", lambda: 0.0)
    with pytest.raises(errors.DivergenceError, match="epoch 4: .*multipliers"):
        watch.on_train_batch_end(1)


def test_the_rate_of_the_search_is_named():
    watch = callbacks.StopOnDivergence()
    watch.set_model(searcher())
    with pytest.raises(errors.DivergenceError, match="--weight_learning_rate"):
        watch.on_epoch_end(0, {"val_loss": np.inf})
