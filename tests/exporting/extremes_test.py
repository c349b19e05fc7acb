"""Ranges over batches."""

import numpy as np
import pytest

from ednas_tf import errors
from ednas_tf.exporting import extremes


def test_ranges_are_those_of_all_batches():
    batches = [np.array([[1.0, -2.0]]), np.zeros((0, 2)), np.array([[3.0, 0]])]
    found = extremes.of(lambda x: {"same": x, "twice": 2 * x}, batches)
    assert found == {"same": (-2.0, 3.0), "twice": (-4.0, 6.0)}


def test_no_images_are_told():
    with pytest.raises(errors.UserError, match="--calibration_examples"):
        extremes.of(lambda x: {"same": x}, [np.zeros((0, 2))])
