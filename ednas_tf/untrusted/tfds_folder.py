"""Folders of TFDS datasets that come from elsewhere, before TFDS reads them.

`features.json` names the Python classes of the features, and TFDS imports the
module of any class that it does not know: code of the user's own, or of a
stranger who left a file where Python looks for modules.
"""

from ednas_tf import errors
from ednas_tf.untrusted import bounded, json_text

FEATURES = "features.json"
_INFO = "dataset_info.json"
_MOST_BYTES = 16_000_000
_CLASSES = ("type", "pythonClassName", "python_class_name")
_HOME = "tensorflow_datasets.core.features."
_TEMPLATES = ("filepathTemplate", "filepath_template")


def check(folder):
    """Raises `UserError` unless the descriptions of a dataset are harmless.

    Args:
        folder: Path of the folder with `features.json`.
    """
    for value in _dictionaries(_read(folder / FEATURES)):
        for key in _CLASSES:
            name = value.get(key)
            if isinstance(name, str) and "." in name:
                _check_class(folder, name)
    if (folder / _INFO).exists():
        for value in _dictionaries(_read(folder / _INFO)):
            for key in _TEMPLATES:
                _check_template(folder, value.get(key, ""))


def _check_class(folder, name):
    if not name.startswith(_HOME):
        raise errors.UserError(
            f"Expected features of TFDS itself in {folder / FEATURES}, as "
            f"others are code that would run. Received: {name!r:.80}"
        )


def _check_template(folder, template):
    if not isinstance(template, str) or "/" in template or ".." in template:
        raise errors.UserError(
            f"Expected names of files beside it in {folder / _INFO}. "
            f"Received: {template!r:.80}"
        )


def _read(path):
    """Returns the values of a JSON file of bounded size."""
    try:
        text = bounded.read(path, _MOST_BYTES).decode("utf-8")
        return json_text.mapping(text, nonfinite=True)
    except (OSError, UnicodeDecodeError) as error:
        raise errors.UserError(
            f"{path} cannot be read: {errors.first_line(error)}"
        ) from error
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def _dictionaries(values):
    """Yields all dictionaries in values."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
