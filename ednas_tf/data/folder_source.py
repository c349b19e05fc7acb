"""A folder of the user's own: one folder of images per class.

The classes lie in the folder itself, or in its parts `train` and `test`.
"""

import os
import pathlib
from concurrent import futures

import numpy as np
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.data import examples, images, splitting

_TRAIN = "train"
_TEST = ("test", "validation", "val")
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def read(spec):
    """Reads the images of `folder:DIR`.

    The test examples are those of `DIR/test`, or of `DIR/validation` or
    `DIR/val` where that is missing; where the classes lie in `DIR` itself, a
    fifth of all is held out.

    Args:
        spec: A `DataSpec` whose name is `folder:DIR`.

    Returns:
        A `Source` with RGB images; its classes are the names of the folders,
        sorted. Only images that are used are opened.
    """
    spec.check_kind(examples.IMAGE)
    named = spec.name.partition(":")[2]
    root = pathlib.Path(named).expanduser()
    if not named:
        raise errors.UserError(
            f"Expected --dataset=folder:DIR. Received: {spec.name}"
        )
    parts = _parts(root)
    splits = [_folders(part) for part in parts]
    _check_classes(parts, splits)
    found = [[_files(folder) for folder in folders] for folders in splits]
    labels = [_labels(classes) for classes in found]
    train, test = _ids(labels, spec)
    ids = np.concatenate([train, test])
    files = [file for part in found for names in part for file in names]
    size = spec.side and (spec.side, spec.side)
    pixels = _decode_all([files[i] for i in ids], size)
    whole = examples.Examples(pixels, np.concatenate(labels)[ids], ids)
    return examples.Source(
        classes=tuple(folder.name for folder in splits[0]),
        train=whole.take(slice(len(train))),
        test=whole.take(slice(len(train), None)),
    )


def _parts(root):
    """Returns the folders of training and test, or the one that holds all.

    Classes may be called train and test too, but then images lie in them, and
    no folders.
    """
    if not root.is_dir():
        raise errors.UserError(
            f"Expected a folder with one folder of images per class at "
            f"'{root}', found none. Check the path after 'folder:'."
        )
    inside = {folder.name: folder for folder in _folders(root)}
    tests = [inside[name] for name in _TEST if name in inside]
    if _TRAIN not in inside or not tests or inside.keys() - {_TRAIN, *_TEST}:
        return (root,)
    parts = (inside[_TRAIN], tests[0])
    return parts if any(_folders(part) for part in parts) else (root,)


def _folders(root):
    return [path for path in _listed(root) if path.is_dir()]


def _check_classes(parts, splits):
    """Raises `UserError` unless there are two classes, in every split.

    Args:
        parts: Folder of each split.
        splits: Folders of its classes, for each split.
    """
    names = [{folder.name for folder in folders} for folders in splits]
    union = set().union(*names)
    for part, present in zip(parts, names, strict=True):
        for missing in sorted(union - present):
            raise errors.UserError(
                f"Expected a folder of the class '{missing}' in the split "
                f"'{part.name}', as in the other split, found none in "
                f"'{part}'. Add it here or remove it there."
            )
    if len(union) < 2:
        raise errors.UserError(
            f"Expected at least 2 folders, one per class, in '{parts[0]}'. "
            f"Received: {len(union)}. Put the images of each class into a "
            "folder of its own."
        )


def _labels(found):
    """Returns the labels of files, given as a list of files per class."""
    counts = [len(files) for files in found]
    return np.repeat(np.arange(len(found), dtype=np.int32), counts)


def _ids(labels, spec):
    """Returns the places of the files for training, and of those for test.

    Args:
        labels: Labels of the files of each split, or of all files alone.
        spec: The `DataSpec`.
    """
    if len(labels) == 1:
        return splitting.holdout(labels[0], spec.max_examples, spec.seed)
    train, test = (
        splitting.chosen(part, spec.max_examples, spec.seed) for part in labels
    )
    return train, test + len(labels[0])


def _files(folder):
    files = [
        path for path in _listed(folder) if path.suffix.lower() in SUFFIXES
    ]
    if not files:
        raise errors.UserError(
            f"Expected images ({', '.join(SUFFIXES)}) of the class "
            f"'{folder.name}' in '{folder}', found none. Add images or remove "
            "the class."
        )
    return files


def _listed(folder):
    """Returns what is in a folder, sorted, without hidden names."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise errors.UserError(
            f"Could not list the folder '{folder}': {error.strerror}."
        ) from error
    return [path for path in paths if not path.name.startswith(".")]


def _decode_all(files, size):
    """Decodes files into one uint8 array of shape `(n, h, w, 3)`."""
    shape = _decode(files[0], size).shape
    images.check_memory(len(files), shape)
    pixels = np.empty((len(files), *shape), np.uint8)

    def fill(place):
        image = _decode(files[place], size)
        if image.shape != shape:
            raise errors.UserError(
                f"Expected images of one size, received '{files[0]}' of "
                f"{shape[0]}x{shape[1]} and '{files[place]}' of "
                f"{image.shape[0]}x{image.shape[1]}. Give one --image_size."
            )
        pixels[place] = image

    with futures.ThreadPoolExecutor(os.cpu_count()) as executor:
        for _ in executor.map(fill, range(len(files))):
            pass
    return pixels


def _decode(path, size):
    try:
        content = images.content(path)
        return images.resize(images.decode(content), size).numpy()
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise errors.UserError(
            f"Could not read the image '{path}'. Expected a whole png, jpeg, "
            "bmp or gif file, not of 80 megapixels: replace or remove it."
        ) from error
