"""Tests of reading `--augment`."""

import pytest

from ednas_tf import errors
from ednas_tf.data import recipes

_GREY = (32, 32, 1)


def test_auto_for_photographs_is_the_papers_recipe():
    augmentation = recipes.parse("auto", "cifar10")
    assert augmentation == recipes.Augmentation(
        crop_padding=4, flip=True, hue=0.02, saturation=0.2, brightness=0.2
    )


def test_auto_for_detection_also_zooms():
    colour = recipes.parse("auto", "voc/2007", task="detection")
    assert colour == recipes.Augmentation(4, True, 0.02, 0.2, 0.2, 0.25)
    grey = recipes.parse("auto", "cells", _GREY, task="detection")
    assert grey == recipes.Augmentation(2, brightness=0.2, zoom=0.25)


def test_classification_zooms_if_asked():
    assert recipes.parse("zoom", "cifar10").zoom == 0.25
    assert recipes.parse("zoom=0.5", "digits", _GREY).zoom == 0.5


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("digits", _GREY),
        ("mnist:3.0.1", _GREY),
        ("emnist/balanced", _GREY),
        ("fashion_mnist", _GREY),
        ("svhn_cropped", (32, 32, 3)),
        ("folder:/data/xrays", _GREY),
    ],
)
def test_auto_for_characters_and_grey_shifts_and_dims_only(name, shape):
    augmentation = recipes.parse("auto", name, shape)
    assert augmentation == recipes.Augmentation(crop_padding=2, brightness=0.2)


def test_default_crop_grows_with_the_image():
    large = recipes.parse("crop", "imagenet2012", (224, 224, 3))
    assert large.crop_padding == 28


def test_none_changes_nothing():
    assert recipes.parse("none", "cifar10") == recipes.Augmentation()


def test_a_list_takes_what_it_names():
    augmentation = recipes.parse("crop=6, flip ,hue=0.1", "cifar10")
    assert augmentation == recipes.Augmentation(6, True, 0.1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("flop", "Did you mean 'flip'"),
        ("", "Unknown augmentation ''"),
        ("crop,auto", "Unknown augmentation 'auto'"),
        ("crop,crop=3", "once"),
        ("flip=2", "without a strength"),
        ("crop=1.5", "crop=PIXELS"),
        ("crop=-1", "crop=PIXELS"),
        ("crop=32", "below the image's side of 32"),
        ("hue=0.6", "from 0 to 0.5"),
        ("zoom=0.6", "zoom=NUMBER from 0 to 0.5"),
        ("hue=", "hue=NUMBER"),
        ("saturation=1.1", "from 0 to 1.0"),
        ("brightness=nan", "from 0 to 1.0"),
        ("brightness=much", "Received: brightness=much"),
    ],
)
def test_a_wrong_list_is_an_error(text, part):
    with pytest.raises(errors.UserError, match=part):
        recipes.parse(text, "cifar10")


@pytest.mark.parametrize("name", ["digits", "mnist", "svhn_cropped"])
def test_characters_are_not_mirrored(name):
    with pytest.raises(errors.UserError, match="not mirrored"):
        recipes.parse("crop,flip", name)


@pytest.mark.parametrize("change", ["hue", "saturation=0.1"])
def test_grey_images_have_no_colour(change):
    with pytest.raises(errors.UserError, match="3 channels"):
        recipes.parse(change, "fashion_mnist", _GREY)


@pytest.mark.parametrize("kind", ["audio", "features"])
@pytest.mark.parametrize(
    ("text", "frames"),
    [("auto", 0), ("none", 0), ("crop=5", 5), ("crop", 4), (" crop = 0", 0)],
)
def test_features_are_left_alone_or_shifted(kind, text, frames):
    augmentation = recipes.parse(text, "words", (49, 10, 1), kind)
    assert augmentation == recipes.Augmentation(crop_padding=frames)


@pytest.mark.parametrize("text", ["flip", "hue=0.1", "crop=3,flip", "", "zoom"])
def test_features_have_no_colour_and_no_mirror(text):
    with pytest.raises(errors.UserError, match="words.*no images") as raised:
        recipes.parse(text, "words", (49, 10, 1), "features")
    assert str(raised.value).endswith(f"Received: {text}")


def test_features_are_shifted_by_less_than_their_length():
    with pytest.raises(errors.UserError, match="49.*crop=49"):
        recipes.parse("crop=49", "words", (49, 10, 1), "audio")


def test_grey_things_may_be_mirrored_when_asked():
    assert recipes.parse("flip", "fashion_mnist", _GREY).flip
