"""Tests of what is chosen, and of what `channels.json` may say."""

import json

import numpy as np
import pytest
from absl import flags

from ednas_tf import config, errors, runs
from ednas_tf.stages import choosing, problem, searching

_GIVEN = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=100",
    "--batch_size=10",
    "--stem_kernel=3",
    "--width=0.25",
)


def _searcher(*given):
    """Returns a problem, and a searcher that has not learned anything."""
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test", *_GIVEN, *given])
    values = config.from_flags()
    question = problem.prepare(values)
    return question, searching.build_searcher(question, values, steps=1)


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        ((), False),
        (("--ram_budget_kib=64",), True),
        (("--latency_budget_us=2000",), True),
        (("--latency_budget_us=2000", "--macs_weight=0.1"), False),
    ],
)
def test_room_is_filled_where_nothing_but_budgets_counts(
    tmp_path, given, filled
):
    question, searcher = _searcher("--search_channels", *given)
    for alpha in searcher.channel_alphas:
        alpha.assign(np.zeros(alpha.shape))
    found, _ = choosing.choose(searcher, question, runs.Run(tmp_path))
    counts = dict(found.skeleton.channels)
    assert (max(counts.values(), default=99) > 1) == filled
    assert all(found.costs[n] <= b for n, b in question.budgets.items())


def test_what_no_budget_allows_is_not_what_a_search_arrived_at(tmp_path):
    # Of equal alphas the first operation is the likeliest, here the dearest.
    given = "--operations=dw7,dw5,dw3"
    lowest = _searcher(given)[0].costs.smallest()["latency_us"]
    question, searcher = _searcher(given, f"--latency_budget_us={lowest + 1}")
    found, searched = choosing.choose(searcher, question, runs.Run(tmp_path))
    assert {choice.operation for choice in found.choices} == {"dw3"}
    assert searched["latency_us"] == pytest.approx(lowest)


def _read(folder, values):
    run = runs.Run(folder)
    run.write_text(runs.CHANNELS, json.dumps(values))
    return choosing.read_channels(run)


def test_places_of_channels_are_arrays(tmp_path):
    kept = _read(tmp_path, {"a": [0, 2], "b": []})
    np.testing.assert_array_equal(kept["a"], [0, 2])
    assert kept["b"].size == 0


@pytest.mark.parametrize(
    "places", [[-1], [1, 1], [2, 1], [0.5], ["0"], [[0]], 3, None]
)
def test_other_places_are_refused(tmp_path, places):
    with pytest.raises(errors.UserError, match="not what a search writes"):
        _read(tmp_path, {"a": places})
