"""Flags of the data: dataset, images, audio, batches, augmentation."""

import dataclasses

from absl import flags

from ednas_tf import tasks

_DATASET = flags.DEFINE_string(
    "dataset",
    "digits",
    "TFDS name such as cifar10, of images, audio or features, or several of "
    "the same classes as voc/2007+voc/2012, of which the first tests; digits, "
    "which needs no download; or folder:DIR with one folder of images per "
    "class, in DIR or in DIR/train and DIR/test.",
)
_TASK = flags.DEFINE_enum(
    "task",
    tasks.CLASSIFICATION,
    tasks.TASKS,
    "What to tell of an example: its class; which classes it shows; or where "
    "objects are, and of which class.",
)
_TRAIN_SPLIT = flags.DEFINE_string(
    "train_split",
    None,
    "Splits of TFDS to train on, as train+validation or train[:50%]. Default: "
    "train.",
)
_TEST_SPLIT = flags.DEFINE_string(
    "test_split",
    None,
    "Splits of TFDS to test on. Default: test, else validation, else a fifth "
    "that is held out.",
)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Folder of prepared TFDS data."
)
_DOWNLOAD = flags.DEFINE_bool(
    "download", False, "Let TFDS download and prepare what is missing."
)
_IMAGE_SIZE = flags.DEFINE_integer(
    "image_size",
    None,
    "Side of the images in pixels. Default: that of the space (tiny and "
    "resnet8 32, mobilenet_v1 96, mobile and mobilenet_v2 224), and after the "
    "search that of the architecture.",
    lower_bound=8,
    upper_bound=1024,
)
_SAMPLE_RATE = flags.DEFINE_integer(
    "sample_rate",
    None,
    "Rate in Hz of audio whose dataset states none, 4000 to 192000.",
)
_BATCH_SIZE = flags.DEFINE_integer(
    "batch_size", 128, "Examples per step.", lower_bound=2
)
_MAX_EXAMPLES = flags.DEFINE_integer(
    "max_examples",
    None,
    "Use only so many examples to train on, and so many to test on.",
    lower_bound=20,
)
_AUGMENT = flags.DEFINE_string(
    "augment",
    "auto",
    "auto, none, or a list of crop, flip, zoom, hue, saturation and "
    "brightness, each with an optional strength: crop=4,flip,hue=0.05. Audio "
    "and features are left alone, or take a crop, which shifts them in time.",
)
_VALIDATION_SPLIT = flags.DEFINE_float(
    "validation_split",
    0.1,
    "Share of the training split that is only measured on.",
    lower_bound=0.01,
    upper_bound=0.5,
)


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Values of the flags of this file, by the same names."""

    dataset: str
    task: str
    train_split: str | None
    test_split: str | None
    data_dir: str | None
    download: bool
    image_size: int | None
    sample_rate: int | None
    batch_size: int
    max_examples: int | None
    augment: str
    validation_split: float


def from_flags():
    """Returns the values of this file's flags."""
    return DataConfig(
        dataset=_DATASET.value,
        task=_TASK.value,
        train_split=_TRAIN_SPLIT.value,
        test_split=_TEST_SPLIT.value,
        data_dir=_DATA_DIR.value,
        download=_DOWNLOAD.value,
        image_size=_IMAGE_SIZE.value,
        sample_rate=_SAMPLE_RATE.value,
        batch_size=_BATCH_SIZE.value,
        max_examples=_MAX_EXAMPLES.value,
        augment=_AUGMENT.value,
        validation_split=_VALIDATION_SPLIT.value,
    )
