"""Paper, ink and letters of the pictures in TensorBoard."""

import functools

from PIL import Image, ImageDraw, ImageFont

SIZE = 14
"""Height of a line of letters, in pixels."""
INK = (32, 33, 36)
PALE = (128, 134, 139)
PAPER = (255, 255, 255)
MISSING = (232, 234, 237)
MARGIN = 8
_LOW = (240, 245, 251)
_HIGH = (8, 69, 148)


def sheet(width, height):
    """Returns an empty RGB picture and what draws on it."""
    picture = Image.new("RGB", (round(width), round(height)), PAPER)
    return picture, ImageDraw.Draw(picture)


@functools.cache
def font():
    """Returns the letters."""
    return ImageFont.load_default(SIZE)


def width_of(words):
    """Returns how many pixels some words take."""
    return font().getlength(words)


def shade(share):
    """Returns the colour of a share of one: from pale to dark blue."""
    share = min(max(0.0, share), 1.0)  # What is not a number is 0.
    return tuple(
        round(low + (high - low) * share)
        for low, high in zip(_LOW, _HIGH, strict=True)
    )


def ink_on(share):
    """Returns the colour of letters that can be read on `shade(share)`."""
    return PAPER if share > 0.6 else INK
