"""A training tells how far it is."""

import io
import re

import keras
import numpy as np
import pytest

from ednas_tf import callbacks
from ednas_tf.callbacks import bar
from tests.callbacks.trained import batches, searcher, table


@pytest.fixture(scope="module")
def watched():
    """Returns what a terminal of 60 columns got of a search of two epochs."""
    file = io.StringIO()
    console = bar.console(file=file, force_terminal=True, width=60)
    model = searcher()
    model.cost_loss.set_table(table(model))
    progress = callbacks.Progress("search", 2, console=console)
    phases = callbacks.SearchPhases(len(batches()), 1, 2, 5.0, 0.1)
    progress.bar.clock = lambda: progress.bar.due  # Draws at every step.
    model.fit(
        batches(),
        epochs=2,
        verbose=0,
        validation_data=batches().map(lambda one, two: one),
        callbacks=[phases, progress],
    )
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue())


def test_progress_prints_a_line_per_epoch(finished):
    lines = finished[2].strip().splitlines()
    assert lines[0].startswith("search 1/2: loss ")
    assert re.search(r"expected_latency_us [\d,]+ of 100,000, ", lines[1])
    assert lines[1].endswith("0 s left")


def test_a_terminal_gets_a_bar_and_lines_that_stay(watched):
    assert re.search(r"search 2/2 ━.* 1/2", watched)
    assert re.search(r"search 2/2 validation ━.* 2/2", watched)
    last = watched[watched.rindex("search 2/2:") :]
    for words in ("loss", "val_accuracy", "of 100,000 us", "temperature 0.1"):
        assert words in last
    assert last.rstrip().endswith("0 s left")


def test_no_line_is_wider_than_a_terminal_of_60_columns(watched):
    assert max(map(len, re.split(r"[\r\n]", watched))) <= 60


def test_the_coming_epochs_of_a_warm_up_count_double():
    progress = callbacks.Progress("search", 10)
    progress.set_model(searcher())
    progress.set_params({"epochs": 3})
    progress.model.searching.assign(0.0)
    assert progress._later() == (3, 2.0)
    progress.model.searching.assign(1.0)
    assert progress._later() == (10, 1.0)


def test_a_network_without_budgets_is_followed_too(capsys):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    values = np.zeros((4, 1))
    progress = callbacks.Progress("train", 1)
    model.fit(values, values, batch_size=2, verbose=0, callbacks=[progress])
    assert capsys.readouterr().out == "train 1/1: loss 0, 0 s left\n"
