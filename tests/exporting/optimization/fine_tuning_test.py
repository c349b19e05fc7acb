"""Tests of the further training."""

import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.exporting import compression, optimization
from ednas_tf.exporting.optimization import fine_tuning
from tests.exporting.optimization import examples


def _kept(kernel, method, values):
    variable = tf.Variable(np.asarray(kernel, np.float32))
    ((_, keep),) = fine_tuning.keepers([variable], method)
    return keep(tf.constant(values)).numpy().tolist()


def test_zeros_stay_zeros():
    assert _kept([[0, 2], [3, 0]], "prune", [[1.0, 5], [6, 7]]) == [
        [0, 5],
        [6, 0],
    ]


def test_equal_weights_share_their_mean():
    received = _kept([[2, 4], [4, 4]], "cluster", [[1.0, 1], [2, 6]])
    assert received == [[1, 3], [3, 3]]


def test_nothing_is_kept_without_a_method():
    assert fine_tuning.keepers([tf.Variable([0.0])], "none") == []


@pytest.mark.parametrize("flag", ["compress", "qat"])
def test_divergence_is_told(flag, images):
    model = examples.network(["dw3", "dw3", "skip"])
    settings = compression.Settings(2, 1e30, compress="prune")
    arguments = model, examples.epochs(), examples.loss, settings
    told = (
        rf"diverged in epoch 1, step 2: layer `\w+` .* not finite\. "
        rf".*lower --{flag}_learning_rate, which is 1e\+30"
    )
    with pytest.raises(errors.DivergenceError, match=told):
        if flag == "qat":
            optimization.quantize(*arguments, [images])
        else:
            optimization.compress(*arguments)
