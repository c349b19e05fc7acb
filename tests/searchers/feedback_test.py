"""The feedback weights and the merge (Eq. 3, 4, 5)."""

import hypothesis
import keras
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf.searchers import feedback
from tests import small

losses = st.floats(0.0, 1e6, width=32)


@pytest.mark.parametrize(
    ("pair", "first"),
    [((0.5, 0.25), 0.491), ((2.3, 2.0), 0.470), ((6.9, 3.4), 0.335)],
)
def test_table_of_the_method(pair, first):
    received = np.asarray(feedback.weights(np.float32(pair)))
    np.testing.assert_allclose(received, [first, 1 - first], atol=5e-4)


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(st.lists(losses, min_size=1, max_size=5))
def test_weights_sum_to_one_and_fall_with_the_loss(values):
    received = np.asarray(feedback.weights(np.float32(values)))
    assert received.sum() == pytest.approx(1.0, abs=1e-5)
    assert (np.diff(received[np.argsort(values)]) <= 1e-6).all()


@hypothesis.settings(deadline=None, max_examples=20, derandomize=True)
@hypothesis.given(losses, st.integers(1, 5))
def test_equal_losses_have_equal_weights(loss, num_paths):
    received = feedback.weights(np.full(num_paths, loss, np.float32))
    np.testing.assert_allclose(received, 1 / num_paths, rtol=1e-5)


def test_merge_gives_every_path_the_weighted_sum():
    values = small.normal(3, 2, 4)
    variable = keras.Variable(values)
    feedback.merge(variable, np.float32([0.5, 0.3, 0.2]))
    expected = 0.5 * values[0] + 0.3 * values[1] + 0.2 * values[2]
    for path in range(3):
        np.testing.assert_allclose(variable[path], expected, atol=1e-6)
