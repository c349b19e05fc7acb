"""The seed of all random generators."""

from ednas_tf import runs


def test_the_seed_repeats_all_draws():
    import keras
    import numpy as np

    draws = []
    for _ in range(2):
        runs.set_seed(3)
        draws.append([np.random.rand(), float(keras.random.uniform(()))])
    assert draws[0] == draws[1]
