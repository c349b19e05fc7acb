"""The picture of a network has a row per layer."""

import numpy as np
import pytest

from ednas_tf import spaces
from ednas_tf.callbacks import network_pictures
from tests import small


def architecture(names, channels=(4, 8)):
    """Returns a network of two blocks with these operations."""
    return spaces.choose(small.skeleton(channels=channels), names)


def width_of(picture, colour):
    """Returns the widest run of a colour, in pixels."""
    same = (np.asarray(picture) == colour).all(-1)
    return same.sum(axis=1).max()


def test_chosen_operations_have_colours_of_their_own():
    picture = network_pictures.draw(architecture(["dw3", "dw5"]))
    first, second, third = network_pictures._CHOSEN[:3]
    assert width_of(picture, first) > 10
    assert width_of(picture, second) > 10
    assert width_of(picture, third) == 0


def test_bars_are_as_long_as_there_are_channels():
    picture = network_pictures.draw(architecture(["dw3", "dw5"], (4, 8)))
    first, second = network_pictures._CHOSEN[:2]
    ratio = width_of(picture, second) / width_of(picture, first)
    assert ratio == pytest.approx(1.0, abs=0.1)  # Both work on 4 channels.


def test_a_deep_network_takes_several_columns():
    low = network_pictures.draw(architecture(["dw3", "dw5"]))
    deep = architecture(["dw3"] * 40, (4,) * 40)
    picture = network_pictures.draw(deep)
    assert picture.width > 3 * low.width
    assert picture.height < 900
