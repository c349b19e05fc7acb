"""What is drawn, pixel by pixel."""

import numpy as np
import pytest

from ednas_tf.detection import pictures

CLASSES = ("cat", "dog")
BLACK = np.zeros((256, 320, 3), np.uint8)
NOTHING = np.zeros((0, 6))


def _pixels(picture):
    """Returns the pixels as `(rows, columns, 3)`."""
    return np.asarray(picture)


def test_objects_are_framed_in_white():
    labels = np.array([[0, 0.25, 0.5, 0.75, 1.0, 0], [-1, 0, 0, 1, 1, 0]])
    drawn = _pixels(pictures.draw(BLACK, NOTHING, labels, CLASSES))
    expected = np.zeros((256, 320), bool)
    expected[64:192, 160:320] = True
    expected[65:191, 161:319] = False
    np.testing.assert_array_equal(np.all(drawn == 255, axis=-1), expected)


def test_detections_are_framed_in_their_class_colour_and_named():
    found = np.array([[1, 0.9, 0.25, 0.25, 0.75, 0.75]])
    drawn = _pixels(pictures.draw(BLACK, found, None, CLASSES))
    inside = drawn[64:192, 80:240]
    for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
        assert np.all(edge == pictures.colour(1))
    assert not inside[5:-5, 5:-5].any()
    assert drawn[50:64, 80:120].any()


def test_low_scores_are_not_drawn():
    found = np.array([[1, 0.2, 0.25, 0.25, 0.75, 0.75]])
    assert not _pixels(pictures.draw(BLACK, found, None, CLASSES)).any()


@pytest.mark.parametrize(("side", "expected"), [(96, 288), (300, 300)])
def test_small_images_grow_by_a_whole_factor(side, expected):
    image = np.full((side, side, 1), 7.4)
    picture = pictures.draw(image, NOTHING, None, CLASSES)
    assert picture.size == (expected, expected)
    assert picture.mode == "RGB"
    assert np.all(_pixels(picture) == 7)


def test_boxes_of_no_size_and_at_the_border_are_drawn():
    found = [[0, 0.9, 0.5, 0.5, 0.5, 0.5], [1, 0.9, 0.0, 0.0, 1.0, 1.0]]
    labels = [[0, 1.0, 1.0, 1.0, 1.0, 1]]
    picture = pictures.draw(BLACK, np.array(found), np.array(labels), CLASSES)
    assert picture.size == (320, 256)


def test_colours_of_twenty_classes_differ():
    assert len({pictures.colour(place) for place in range(20)}) == 20


def test_a_sheet_has_three_pictures_to_a_row():
    images = np.arange(4)[:, None, None, None] * np.full((1, 256, 256, 3), 60)
    empty = [np.zeros((0, 6))] * 4
    sheet = pictures.sheet(images, empty, [None] * 4, ("a",))
    assert sheet.size == (3 * 256, 2 * 256)
    centres = [sheet.getpixel((128 + 256 * x, 128)) for x in range(3)]
    assert centres == [(0, 0, 0), (60, 60, 60), (120, 120, 120)]
    assert sheet.getpixel((128, 384)) == (180, 180, 180)
