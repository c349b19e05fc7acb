"""Cuts examples into disjoint, seeded, stratified parts."""

import numpy as np

from ednas_tf import errors
from ednas_tf.data import examples
from ednas_tf.data import labels as truth

TEST_SHARE = 0.2
# One stream of random numbers per purpose, so that none depends on another.
_HOLDOUT, _PARTS, _CHOICE = 0, 1, 2


def stratified_order(labels, seed):
    """Returns a random order in which every prefix is stratified.

    The first `m` of `n` examples hold about the share `m / n` of each class:
    at most two examples more or less where all classes are equally frequent.

    Args:
        labels: Labels of any task; the rarest class that an example holds
            stands for all of them.
        seed: Seed of `numpy.random.default_rng`: a number, or several.

    Returns:
        Permutation of `range(n)`, an int64 array.
    """
    classes = truth.strata(labels)
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(classes))
    order = order[np.argsort(classes[order], kind="stable")]
    _, starts, counts = np.unique(
        classes[order], return_index=True, return_counts=True
    )
    rank = np.arange(len(classes)) - np.repeat(starts, counts)
    place = rank + generator.random(len(classes))
    return order[np.argsort(place / np.repeat(counts, counts))]


def holdout(labels, max_examples, seed):
    """Holds out a fifth of a dataset that has no test split.

    Args:
        labels: Labels of any task.
        max_examples: Largest number of ids in either part, or None.
        seed: Seed of the choice.

    Returns:
        Sorted ids for training, and sorted ids for test. The cap is taken
        after the cut, so that it moves no example from one part to the other.
    """
    order = stratified_order(labels, (seed, _HOLDOUT))
    num_test = max(1, round(TEST_SHARE * len(order)))
    test, train = order[:num_test], order[num_test:]
    return np.sort(train[:max_examples]), np.sort(test[:max_examples])


def chosen(labels, max_examples, seed):
    """Returns sorted ids of at most so many examples, stratified.

    Args:
        labels: Labels of any task.
        max_examples: Largest number of ids, or None.
        seed: Seed of the choice.
    """
    return np.sort(stratified_order(labels, (seed, _CHOICE))[:max_examples])


def cut(source, spec):
    """Cuts what a source read into `Splits`.

    Args:
        source: A `Source`.
        spec: The `DataSpec` with the shares and the seed.
    """
    train = source.train
    order = stratified_order(train.labels, (spec.seed, _PARTS))
    num_validation = round(spec.validation_split * len(order))
    rest = len(order) - num_validation
    num_alphas = round(spec.alpha_split * rest)
    if rest - num_alphas < 1:
        raise errors.UserError(
            f"Expected training examples of '{spec.name}' for weights, "
            f"received {len(order)} for validation, alphas and weights. Raise "
            "--max_examples or lower --validation_split and --alpha_split."
        )
    validation, alphas, weights = np.split(
        order, [num_validation, num_validation + num_alphas]
    )
    return examples.Splits(
        weights=train.take(np.sort(weights)),
        alphas=train.take(np.sort(alphas)),
        validation=train.take(np.sort(validation)),
        test=source.test,
    )
