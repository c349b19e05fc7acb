"""A folder of the user's own: one folder of images per class."""

import os
import pathlib
from concurrent import futures

import numpy as np
import tensorflow as tf

from ednas_tf import errors
from ednas_tf.data import examples, images, splitting

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def read(spec):
    """Reads the images of `folder:DIR`, with a fifth held out for test.

    Args:
        spec: A `DataSpec` whose name is `folder:DIR`.

    Returns:
        A `Source` with RGB images; its classes are the names of the folders,
        sorted. Only images that are used are opened.
    """
    root = pathlib.Path(spec.name.partition(":")[2]).expanduser()
    folders = _folders(root)
    files, labels = [], []
    for label, folder in enumerate(folders):
        found = _files(folder)
        files += found
        labels += [label] * len(found)
    labels = np.array(labels, np.int32)
    train, test = splitting.holdout(labels, spec.max_examples, spec.seed)
    ids = np.concatenate([train, test])
    size = spec.image_size and (spec.image_size, spec.image_size)
    pixels = _decode_all([files[i] for i in ids], size)
    whole = examples.Examples(pixels, labels[ids], ids)
    return examples.Source(
        classes=tuple(folder.name for folder in folders),
        train=whole.take(slice(len(train))),
        test=whole.take(slice(len(train), None)),
    )


def _folders(root):
    if not root.is_dir():
        raise errors.UserError(
            f"Expected a folder with one folder of images per class at "
            f"'{root}', found none. Check the path after 'folder:'."
        )
    folders = [path for path in _listed(root) if path.is_dir()]
    if len(folders) < 2:
        raise errors.UserError(
            f"Expected at least 2 folders, one per class, in '{root}'. "
            f"Received: {len(folders)}. Put the images of each class into a "
            "folder of its own."
        )
    return folders


def _files(folder):
    files = [
        path for path in _listed(folder) if path.suffix.lower() in SUFFIXES
    ]
    if not files:
        raise errors.UserError(
            f"Expected images ({', '.join(SUFFIXES)}) in '{folder}', found "
            "none. Add images or remove the folder."
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
        return images.resize(images.decode(path.read_bytes()), size).numpy()
    except (OSError, ValueError, tf.errors.OpError) as error:
        raise errors.UserError(
            f"Could not read the image '{path}'. Expected a whole png, jpeg, "
            "bmp or gif file: replace or remove it."
        ) from error
