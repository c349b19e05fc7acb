"""Tests of what `channels.json` may say."""

import json

import numpy as np
import pytest

from ednas_tf import errors, runs
from ednas_tf.stages import choosing


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
