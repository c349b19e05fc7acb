"""Small datasets that several tests of the data share."""

import shutil

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


@pytest.fixture(scope="session")
def features_dataset():
    """A dataset of 30 + 6 float features of shape `(7, 4, 2)`."""
    generator = np.random.default_rng(0)

    def some(count, first_id):
        values = generator.normal([-50, 3], [20, 0.5], (count, 7, 4, 2))
        labels = (np.arange(count) % 3).astype(np.int32)
        ids = np.arange(count) + first_id
        return data.Examples(values.astype(np.float32), labels, ids)

    source = examples.Source(tuple("abc"), some(30, 0), some(6, 30), "features")
    splits = splitting.cut(source, data.DataSpec("random"))
    mean, std = loading.channel_statistics(splits.train.images)
    about = ((7, 4, 2), 3, source.classes, mean, std)
    return data.Dataset("random", *about, splits, source.kind)


@pytest.fixture
def image_folder(tmp_path):
    """Returns a folder of 2 classes, each with 10 images of 6x5 pixels."""
    for label, name in enumerate(("cat", "dog")):
        (tmp_path / name).mkdir()
        for i in range(10):
            pixels = np.full((5, 6, 3), 100 * label + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    return tmp_path


@pytest.fixture
def split_folder(image_folder, tmp_path_factory):
    """Returns a folder with `train` and `test` of 20 images each."""
    root = tmp_path_factory.mktemp("parts")
    for split in ("train", "test"):
        shutil.copytree(image_folder, root / split)
    return root


@pytest.fixture(scope="session")
def store_tfds(tmp_path_factory):
    """Returns a function that prepares records as a TFDS set, as a folder.

    The features are a dictionary of TFDS features; each split is a list of
    records. Another config of the set goes into the `data_dir` of the first.
    """

    def store(features, config=None, data_dir=None, **splits):
        data_dir = data_dir or tmp_path_factory.mktemp("tfds")
        tfds.dataset_builders.store_as_tfds_dataset(
            name="made",
            version="1.0.0",
            features=tfds.features.FeaturesDict(features),
            split_datasets={k: list(enumerate(v)) for k, v in splits.items()},
            config=config,
            data_dir=data_dir,
            disable_shuffling=True,
        )
        return str(data_dir)

    return store


@pytest.fixture(scope="session")
def make_tfds(store_tfds):
    """Returns a function that prepares a TFDS set, and its data_dir.

    Each split is given as a list of (shape of the image, label); the image is
    filled with its place in the list.
    """

    def make(label=None, channels=3, size=None, **splits):
        features = {
            "image": tfds.features.Image(shape=(size, size, channels)),
            "label": label or tfds.features.ClassLabel(names=["no", "yes"]),
        }
        records = {
            split: [
                {"image": np.full((*shape, channels), i, "u1"), "label": k}
                for i, (shape, k) in enumerate(records)
            ]
            for split, records in splits.items()
        }
        return store_tfds(features, **records)

    return make


@pytest.fixture(scope="session")
def make_voc(store_tfds):
    """Returns a function that prepares a set with the features of Pascal VOC.

    Each split is given as a list of examples, each a list of objects `(class,
    (ymin, xmin, ymax, xmax), is_difficult)`; images of growing size are
    filled with their place in the list.
    """
    names = ("cat", "dog", "sofa")
    label = tfds.features.ClassLabel(names=names)
    features = {
        "image": tfds.features.Image(shape=(None, None, 3)),
        "image/filename": tfds.features.Text(),
        "labels": tfds.features.Sequence(label),
        "labels_no_difficult": tfds.features.Sequence(label),
        "objects": tfds.features.Sequence(
            {
                "bbox": tfds.features.BBoxFeature(),
                "is_difficult": np.bool_,
                "is_truncated": np.bool_,
                "label": label,
                "pose": tfds.features.ClassLabel(names=["left", "right"]),
            }
        ),
    }

    def record(place, objects):
        plain = {k for k, _, difficult in objects if not difficult}
        return {
            "image": np.full((8 + place, 9, 3), place, np.uint8),
            "image/filename": f"{place}.jpg",
            "labels": sorted({k for k, _, _ in objects}),
            "labels_no_difficult": sorted(plain),
            "objects": [
                {
                    "bbox": tfds.features.BBox(*corners),
                    "is_difficult": difficult,
                    "is_truncated": False,
                    "label": k,
                    "pose": 1,
                }
                for k, corners, difficult in objects
            ],
        }

    def make(config=None, data_dir=None, **splits):
        records = {
            split: [record(i, objects) for i, objects in enumerate(examples)]
            for split, examples in splits.items()
        }
        return store_tfds(features, config, data_dir, **records)

    return make
