"""Finds the TFDS builder of a name, on disk first and without network."""

import os
import pathlib
import re

import tensorflow_datasets as tfds
from tensorflow_datasets.core import read_only_builder, registered

from ednas_tf import errors
from ednas_tf.untrusted import tfds_folder

# Offered when a name is unknown, besides what is prepared on disk.
_COMMON = (
    "cifar10",
    "cifar100",
    "digits",
    "fashion_mnist",
    "imagenet2012",
    "mnist",
    "stl10",
    "svhn_cropped",
)


def find(spec):
    """Returns the builder of a dataset that is prepared.

    Prepared files are enough: the code that made them is not asked for, so a
    dataset of the user's own works, and nothing is looked up in the network.

    Args:
        spec: A `DataSpec`; what is not prepared is downloaded only if it says
            so.
    """
    try:
        _check_prepared(spec)
        return read_only_builder.builder_from_files(
            spec.name, data_dir=str(_place(spec))
        )
    except registered.DatasetNotFoundError:
        pass
    except Exception as error:  # TFDS raises of many kinds for broken files.
        if _base(spec.name) not in _known(spec):
            raise _unknown(spec) from error
        raise errors.UserError(
            f"Could not read the prepared dataset '{spec.name}' in "
            f"'{_place(spec)}': {_first_line(error)}"
        ) from error
    # Only names that come with TFDS: others would be looked up online.
    if _base(spec.name) not in {*_known(spec), *_registered()}:
        raise _unknown(spec)
    if not spec.download:
        raise errors.UserError(
            f"Expected the dataset '{spec.name}' prepared in "
            f"'{_place(spec)}', found no such name or version. Name the "
            "folder that holds it with --data_dir, or fetch it with "
            "--download."
        )
    return _download(spec)


def _download(spec):
    try:
        builder = tfds.builder(spec.name, data_dir=str(_place(spec)))
        builder.download_and_prepare()
    except Exception as error:  # Each dataset's own code runs here.
        raise errors.UserError(
            f"Could not download and prepare '{spec.name}' in "
            f"'{_place(spec)}': {_first_line(error)}"
        ) from error
    return builder


def _unknown(spec):
    if spec.name and pathlib.Path(spec.name).is_dir():
        return errors.UserError(
            f"Expected the name of a dataset, received the folder "
            f"'{spec.name}'. Write --dataset=folder:{spec.name}"
        )
    error = errors.unknown_name("dataset", spec.name, _known(spec))
    return errors.UserError(
        f"{error} Or a folder of images as folder:DIR, or a dataset that is "
        f"prepared in --data_dir (now '{_place(spec)}')."
    )


def _known(spec):
    """Returns names to offer: common ones, and what is prepared on disk."""
    prepared = (
        path.relative_to(_place(spec)).parts[0] for path in _prepared(spec)
    )
    return {*_COMMON, *prepared}


def _prepared(spec):
    """Yields the descriptions of all datasets that are prepared."""
    for pattern in ("*/*", "*/*/*"):
        yield from _place(spec).glob(f"{pattern}/{tfds_folder.FEATURES}")


def _check_prepared(spec):
    """Raises `UserError` if TFDS would run a stranger's code, or read far."""
    for path in _prepared(spec):
        if _plain(path.relative_to(_place(spec)).parts[0]) == _plain(spec.name):
            tfds_folder.check(path.parent)


def _plain(name):
    """Returns a name in the one of several forms that TFDS takes as equal."""
    return _base(name).lower().replace("_", "")


def _registered():
    return tfds.list_builders(with_community_datasets=False)


def _base(name):
    return re.split("[/:]", name)[0]


def _place(spec):
    default = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
    return pathlib.Path(spec.data_dir or default).expanduser()


def _first_line(error):
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
