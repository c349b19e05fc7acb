"""The seed of all random generators."""


def set_seed(seed, deterministic=False):
    """Seeds Python, NumPy, TensorFlow and Keras.

    Args:
        seed: The seed.
        deterministic: Whether operators must give the same bits every time.
    """
    # Not at the top: help and flag errors answer without TensorFlow.
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
