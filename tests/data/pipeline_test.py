"""Tests of batches: order, repetition, shapes and normalisation."""

import dataclasses
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from ednas_tf import data, errors
from ednas_tf.data import pipeline

_PLAIN = data.Augmentation()
_ALL = data.Augmentation(1, True, 0.1, 0.2, 0.2, 0.3)


def _train(dataset, augmentation=_PLAIN, batch_size=5, **kwargs):
    return pipeline.training(
        dataset.splits.weights,
        dataset,
        augmentation=augmentation,
        batch_size=batch_size,
        **{"seed": 1, **kwargs},
    )


def _search(dataset, augmentation=_PLAIN, batch_size=5, **kwargs):
    return pipeline.searching(
        dataset.splits,
        dataset,
        augmentation=augmentation,
        batch_size=batch_size,
        **{"seed": 1, **kwargs},
    )


def _with_objects(dataset):
    """Returns the dataset for detection: a white box in black images."""
    part = dataset.splits.weights
    images = np.zeros_like(part.images)
    images[:, 2:6, 3:6] = 255
    box = [1, 2 / 8, 3 / 8, 6 / 8, 6 / 8, 0]
    labels = np.float32([[box, [-1, 0, 0, 0, 0, 0]]] * len(part))
    part = data.Examples(images, labels, part.ids)
    return dataclasses.replace(
        dataset,
        splits=dataclasses.replace(dataset.splits, weights=part),
        task="detection",
    )


def _pixels(batches):
    """Returns the images of one epoch, `(steps, b, h, w, c)`."""
    return np.stack([images.numpy() for images, _ in batches])


def _places(images, dataset, part):
    """Returns where normalised images stand in a split, by their pixels."""
    known = pipeline.normalize(part.images, dataset).numpy()
    known = {image.tobytes(): i for i, image in enumerate(known)}
    return [known[image.tobytes()] for image in np.concatenate(images)]


def test_normalize_gives_mean_zero_and_deviation_one(make_dataset):
    dataset = make_dataset()
    images = pipeline.normalize(dataset.splits.weights.images, dataset)
    np.testing.assert_allclose(np.mean(images, (0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(np.std(images, (0, 1, 2)), 1, atol=1e-5)


def test_features_keep_values_that_no_image_has(features_dataset):
    dataset = features_dataset
    weights = dataset.splits.weights
    batches = list(_train(dataset, batch_size=len(weights)))
    ((images, labels),) = batches
    assert images.shape == (len(weights), 7, 4, 2)
    expected = pipeline.normalize(weights.images, dataset).numpy()
    order = np.argsort(images[:, 0, 0, 0])
    expected_order = np.argsort(expected[:, 0, 0, 0])
    np.testing.assert_array_equal(
        images.numpy()[order], expected[expected_order]
    )
    assert np.all(np.abs(expected.mean(axis=(0, 1, 2))) < 0.5)


def test_features_are_shifted_along_time_alone(features_dataset):
    dataset = features_dataset
    shifted = _train(dataset, data.Augmentation(crop_padding=2), batch_size=4)
    assert shifted.element_spec[0].shape == (4, 7, 4, 2)
    mean, std = np.array(dataset.mean), np.array(dataset.std)
    whole = dataset.splits.weights.images
    for images, _ in shifted:
        raw = images.numpy() * std + mean
        # The frame in the middle is one of the five around it.
        near = np.abs(whole[:, None, 1:6] - raw[None, :, 3, None])
        assert np.all(near.max(axis=(3, 4)).min(axis=(0, 2)) < 1e-3)


def test_training_shapes_are_static(make_dataset):
    images, labels = _train(make_dataset(), _ALL).element_spec
    assert images == tf.TensorSpec((5, 8, 8, 3), tf.float32)
    assert labels == tf.TensorSpec((5,), tf.int32)


def test_an_epoch_shows_each_example_once(make_dataset):
    dataset = make_dataset()
    batches = _train(dataset, batch_size=9)
    places = _places(_pixels(batches), dataset, dataset.splits.weights)
    assert sorted(places) == list(range(27))
    assert batches.cardinality() == 3


def test_labels_stay_with_their_images(make_dataset):
    dataset = make_dataset()
    part = dataset.splits.weights
    for images, labels in _train(dataset):
        places = _places([images.numpy()], dataset, part)
        np.testing.assert_array_equal(labels, part.labels[places])


def test_an_incomplete_batch_is_dropped(make_dataset):
    assert len(list(_train(make_dataset(), batch_size=10))) == 2


def test_every_epoch_has_a_new_order(make_dataset):
    batches = _train(make_dataset())
    assert np.any(_pixels(batches) != _pixels(batches))


def test_epochs_repeat_from_the_seed(make_dataset):
    first = _train(make_dataset(), _ALL)
    second = _train(make_dataset(), _ALL)
    for _ in range(3):
        np.testing.assert_array_equal(_pixels(first), _pixels(second))
    other = _train(make_dataset(), _ALL, seed=2)
    assert np.any(_pixels(other) != _pixels(_train(make_dataset(), _ALL)))


def test_a_restart_goes_on_where_the_run_stood(make_dataset):
    whole = _train(make_dataset(), _ALL)
    _pixels(whole), _pixels(whole)
    resumed = _train(make_dataset(), _ALL, position=pipeline.Position(2))
    for _ in range(2):
        np.testing.assert_array_equal(_pixels(whole), _pixels(resumed))


@pytest.mark.parametrize("begin", [_train, _search])
def test_a_restart_within_an_epoch_shows_the_rest_of_it(make_dataset, begin):
    whole = list(begin(make_dataset(), _ALL).as_numpy_iterator())
    position = pipeline.Position(0, step=1)
    rest = begin(make_dataset(), _ALL, position=position)
    assert int(rest.cardinality()) == len(whole) - 1
    for one, two in zip(whole[1:], rest.as_numpy_iterator(), strict=True):
        for left, right in zip(
            tf.nest.flatten(one), tf.nest.flatten(two), strict=True
        ):
            np.testing.assert_array_equal(left, right)


def test_whoever_drives_a_pipeline_says_which_epoch_comes(make_dataset):
    position = pipeline.Position()
    batches = _train(make_dataset(), _ALL, position=position)
    first = _pixels(batches)
    assert np.any(_pixels(batches) != first)
    position.epoch = 0
    np.testing.assert_array_equal(_pixels(batches), first)


def test_augmentation_differs_between_steps_and_epochs(make_dataset):
    dataset = make_dataset(alpha_split=0.98)  # One image in weights.
    batches = _train(dataset, data.Augmentation(brightness=0.5), batch_size=1)
    means = {float(np.mean(_pixels(batches))) for _ in range(8)}
    assert len(means) == 8


def test_a_split_below_one_batch_is_an_error(make_dataset):
    with pytest.raises(errors.UserError, match="28.*27.*--batch_size"):
        _train(make_dataset(), batch_size=28)
    with pytest.raises(errors.UserError, match="--batch_size"):
        _search(make_dataset(alpha_split=0.05), batch_size=5)


def test_fit_counts_each_epoch_once(make_dataset):
    seen = []
    inputs = keras.Input((8, 8, 3), batch_size=9)
    model = keras.Model(inputs, keras.layers.GlobalMaxPooling2D()(inputs))
    model.compile(loss=lambda y, x: keras.ops.mean(x), optimizer="sgd")
    model.train_step = lambda batch: seen.append(batch[1]) or {"loss": 0.0}
    model.run_eagerly = True
    model.fit(_train(make_dataset(), batch_size=9), epochs=3, verbose=0)
    expected = _train(make_dataset(), batch_size=9)
    for _ in range(3):
        for _, labels in expected:
            np.testing.assert_array_equal(seen.pop(0), labels)
    assert not seen


def test_searching_draws_from_both_splits(make_dataset):
    dataset = make_dataset()
    pairs = list(_search(dataset, batch_size=9))
    for side, part in enumerate(
        (dataset.splits.weights, dataset.splits.alphas)
    ):
        images = [pair[side][0].numpy() for pair in pairs]
        assert sorted(_places(images, dataset, part)) == list(range(27))


def test_searching_repeats_the_smaller_split(make_dataset):
    dataset = make_dataset(alpha_split=0.2)
    pairs = list(_search(dataset, batch_size=10))
    assert len(pairs) == 4  # 43 examples for weights, 11 for alphas.
    images = [alphas[0].numpy() for _, alphas in pairs]
    places = _places(images, dataset, dataset.splits.alphas)
    for start in (0, 11, 22):
        assert sorted(places[start : start + 11]) == list(range(11))


def test_searching_restarts_exactly(make_dataset):
    whole = _search(make_dataset(), _ALL)
    list(whole)
    resumed = _search(make_dataset(), _ALL, position=pipeline.Position(1))
    for one, two in zip(whole, resumed, strict=True):
        for a, b in zip(
            tf.nest.flatten(one), tf.nest.flatten(two), strict=True
        ):
            np.testing.assert_array_equal(a, b)


def test_without_alphas_both_batches_are_the_same(make_dataset):
    dataset = make_dataset(alpha_split=0)
    pairs = _search(dataset, _ALL)
    assert pairs.element_spec[0] == pairs.element_spec[1]
    for weights, alphas in itertools.islice(pairs, 2):
        np.testing.assert_array_equal(weights[0], alphas[0])
        np.testing.assert_array_equal(weights[1], alphas[1])


def test_evaluation_shows_all_in_order(make_dataset):
    dataset = make_dataset()
    test = dataset.splits.test
    batches = list(pipeline.evaluation(test, dataset, batch_size=4))
    assert [len(labels) for _, labels in batches] == [4, 4, 1]
    images = np.concatenate([images for images, _ in batches])
    np.testing.assert_array_equal(
        images, pipeline.normalize(test.images, dataset)
    )
    np.testing.assert_array_equal(
        np.concatenate([labels for _, labels in batches]), test.labels
    )


def test_evaluation_shows_raw_images_if_asked(make_dataset, features_dataset):
    for dataset in (make_dataset(), features_dataset):
        test = dataset.splits.test
        batches = pipeline.evaluation(test, dataset, 100, normalized=False)
        ((images, labels),) = batches
        assert images.dtype == test.images.dtype
        np.testing.assert_array_equal(images, test.images)
        np.testing.assert_array_equal(labels, test.labels)


def test_objects_move_with_what_the_images_show(make_dataset):
    dataset = _with_objects(make_dataset())
    changes = data.Augmentation(crop_padding=2, flip=True, zoom=0.25)
    images, objects = next(iter(_train(dataset, changes, batch_size=25)))
    assert (images.shape, objects.shape) == ((25, 8, 8, 3), (25, 2, 6))
    shown = images.numpy() * dataset.std + dataset.mean > 127
    for image, (box, other) in zip(shown, objects.numpy(), strict=True):
        rows, columns, _ = np.nonzero(image)
        seen = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
        np.testing.assert_allclose(box[1:5] * 8, seen, atol=1)
        assert other.tolist() == [-1, 0, 0, 0, 0, 0]


def test_objects_of_an_evaluation_stay(make_dataset):
    dataset = _with_objects(make_dataset())
    ((_, objects),) = pipeline.evaluation(dataset.splits.weights, dataset, 99)
    np.testing.assert_array_equal(objects, dataset.splits.weights.labels)


def test_evaluation_knows_the_size_of_images(make_dataset):
    dataset = make_dataset(channels=1)
    batches = pipeline.evaluation(dataset.splits.test, dataset, 4)
    assert batches.element_spec[0].shape == (None, 8, 8, 1)
    assert batches.cardinality() == 3
