"""What `--augment` asks for, read without TensorFlow."""

import dataclasses
import math
import re

from ednas_tf import errors, tasks
from ednas_tf.data import examples

# Sets of characters, which mean something else when mirrored.
_CHARACTERS = (
    "binary_alpha_digits",
    "cmaterdb",
    "digits",
    "emnist",
    "kmnist",
    "mnist",
    "omniglot",
    "svhn",
)
_LARGEST = {"zoom": 0.5, "hue": 0.5, "saturation": 1.0, "brightness": 1.0}
_STRENGTHS = {"zoom": 0.25, "hue": 0.02, "saturation": 0.2, "brightness": 0.2}
_NAMES = ("crop", "flip", *_STRENGTHS)
_AUTO = ("crop", "flip", "hue", "saturation", "brightness")
_AUTO_PLAIN = ("crop", "brightness")
_SHAPE = (32, 32, 3)
_FRAMES_PER_SHIFT = 10


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Random changes of training images; zero and False change nothing.

    Attributes:
        crop_padding: Largest shift to each side, in pixels; black moves in.
            Features are shifted along time alone, in frames.
        flip: Whether half of the images are mirrored left to right.
        hue: Largest turn of the hue to each side, in turns: 0 to 0.5.
        saturation: Largest deviation of the saturation's factor from 1.
        brightness: Largest deviation of the brightness's factor from 1.
        zoom: Largest deviation of the scale from 1, about a random point;
            black is around an image that becomes smaller.
    """

    crop_padding: int = 0
    flip: bool = False
    hue: float = 0.0
    saturation: float = 0.0
    brightness: float = 0.0
    zoom: float = 0.0


def parse(
    text,
    dataset_name,
    input_shape=_SHAPE,
    kind=examples.IMAGE,
    task=tasks.CLASSIFICATION,
):
    """Reads the value of `--augment`.

    Args:
        text: `auto`, `none`, or a list such as `crop=4,flip,hue=0.02`, in
            which a name alone takes the default strength.
        dataset_name: Name of the dataset: characters are not mirrored.
        input_shape: `(h, w, c)` of the images: an image of one channel has no
            hue, and the default crop is an eighth of the shorter side, or a
            sixteenth for characters and grey images.
        kind: What the dataset holds; features and audio only take a `crop`.
        task: What is to be told. Detection also zooms by default: objects
            are of any size.

    Returns:
        An `Augmentation`.
    """
    if kind != examples.IMAGE:
        return _shift_in_time(text.strip(), dataset_name, input_shape[0])
    plain = _is_characters(dataset_name) or input_shape[2] != 3
    padding = min(input_shape[:2]) // (16 if plain else 8)
    defaults = {"crop": padding, "flip": True, **_STRENGTHS}
    if text.strip() == "none":
        return Augmentation()
    if text.strip() == "auto":
        chosen = _AUTO_PLAIN if plain else _AUTO
        if task == tasks.DETECTION:
            chosen = (*chosen, "zoom")
        return _augmentation({name: defaults[name] for name in chosen})
    return _augmentation(_listed(text, dataset_name, input_shape, defaults))


def _listed(text, dataset_name, input_shape, defaults):
    """Returns the strengths by name of a list such as `crop=4,flip`."""
    values = {}
    for item in text.split(","):
        name, equals, strength = (part.strip() for part in item.partition("="))
        if name not in _NAMES:
            raise errors.unknown_name(
                "augmentation", name, (*_NAMES, "auto", "none")
            )
        if name in values:
            raise errors.UserError(
                f"Expected '{name}' once in --augment. Received: {text}"
            )
        _check_fits(name, dataset_name, input_shape)
        values[name] = defaults[name]
        if equals:
            values[name] = _strength(name, strength, min(input_shape[:2]))
    return values


def _shift_in_time(text, dataset_name, num_frames):
    """Reads the value of `--augment` for features, whose rows are frames."""
    if text in ("auto", "none"):
        return Augmentation()
    found = re.fullmatch(r"crop(?:\s*=\s*([0-9]+))?", text)
    default = num_frames // _FRAMES_PER_SHIFT
    frames = int(found[1] or default) if found else num_frames
    if frames >= num_frames:
        raise errors.UserError(
            f"Expected --augment of auto, none or crop=FRAMES below "
            f"{num_frames} for '{dataset_name}', whose examples are no images. "
            f"Received: {text}"
        )
    return Augmentation(crop_padding=frames)


def _augmentation(values):
    padding = values.pop("crop", 0)
    return Augmentation(crop_padding=padding, **values)


def _is_characters(dataset_name):
    base = re.split("[/:]", dataset_name)[0]
    return base.startswith(_CHARACTERS)


def _check_fits(name, dataset_name, input_shape):
    """Raises `UserError` if a change makes no sense for the data."""
    if name == "flip" and _is_characters(dataset_name):
        raise errors.UserError(
            f"Expected --augment without 'flip' for '{dataset_name}': digits "
            "and letters are not mirrored. Remove 'flip'."
        )
    if name in ("hue", "saturation") and input_shape[2] != 3:
        raise errors.UserError(
            f"Expected images of 3 channels for --augment={name}, those of "
            f"'{dataset_name}' have {input_shape[2]}. Remove '{name}'."
        )


def _strength(name, text, side):
    """Returns the number of `name=number`."""
    if name == "flip":
        raise errors.UserError(
            f"Expected 'flip' without a strength. Received: flip={text}"
        )
    if name == "crop":
        if not re.fullmatch("[0-9]+", text) or int(text) >= side:
            raise errors.UserError(
                f"Expected crop=PIXELS in --augment, a whole number below the "
                f"image's side of {side}. Received: crop={text}"
            )
        return int(text)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= _LARGEST[name]:
        raise errors.UserError(
            f"Expected {name}=NUMBER from 0 to {_LARGEST[name]} in --augment. "
            f"Received: {name}={text}"
        )
    return value
