"""Small datasets that several tests of the data share."""

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from ednas_tf import data
from ednas_tf.data import examples, loading, splitting


def _random_examples(num_examples, channels, first_id=0):
    generator = np.random.default_rng(first_id)
    shape = (num_examples, 8, 8, channels)
    return data.Examples(
        generator.integers(0, 256, shape, np.uint8),
        (np.arange(num_examples) % 3).astype(np.int32),
        np.arange(num_examples) + first_id,
    )


@pytest.fixture(scope="session")
def make_dataset():
    """Returns a function that makes a dataset of 60 + 9 random images."""

    def make(channels=3, **kwargs):
        source = examples.Source(
            classes=("a", "b", "c"),
            train=_random_examples(60, channels),
            test=_random_examples(9, channels, first_id=60),
        )
        spec = data.DataSpec("random", **kwargs)
        splits = splitting.cut(source, spec)
        mean, std = loading.channel_statistics(splits.weights.images)
        return data.Dataset(
            "random", (8, 8, channels), 3, source.classes, mean, std, splits
        )

    return make


@pytest.fixture
def image_folder(tmp_path):
    """Returns a folder of 2 classes, each with 10 images of 6x5 pixels."""
    for label, name in enumerate(("cat", "dog")):
        (tmp_path / name).mkdir()
        for i in range(10):
            pixels = np.full((5, 6, 3), 100 * label + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    return tmp_path


@pytest.fixture(scope="session")
def make_tfds(tmp_path_factory):
    """Returns a function that prepares a TFDS set, and its data_dir.

    Each split is given as a list of (shape of the image, label); the image is
    filled with its place in the list.
    """

    def make(label=None, channels=3, size=None, **splits):
        data_dir = tmp_path_factory.mktemp("tfds")
        features = {
            "image": tfds.features.Image(shape=(size, size, channels)),
            "label": label or tfds.features.ClassLabel(names=["no", "yes"]),
        }
        records = {
            split: [
                (i, {"image": np.full((*shape, channels), i, "u1"), "label": k})
                for i, (shape, k) in enumerate(records)
            ]
            for split, records in splits.items()
        }
        tfds.dataset_builders.store_as_tfds_dataset(
            name="made",
            version="1.0.0",
            features=tfds.features.FeaturesDict(features),
            split_datasets=records,
            data_dir=data_dir,
            disable_shuffling=True,
        )
        return str(data_dir)

    return make
