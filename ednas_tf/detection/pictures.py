"""Pictures of what a detector found, for people to look at."""

import colorsys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SMALLEST_SIDE = 256
_TEXT_HEIGHT = 11
_COLUMNS = 3
_OBJECT_COLOUR = (255, 255, 255)
# Turns of the hue that lie far apart, however many classes there are.
_GOLDEN = 0.618034


def draw(image, detections, labels, classes, smallest_score=0.3):
    """Draws what was found, in its class's colour, and what there is in white.

    Args:
        image: Array of shape `(h, w, c)`, values in 0..255, 1 or 3 channels;
            small images are enlarged by a whole factor.
        detections: Array of shape `(found, 6)`: class, score and corners in
            shares of the image.
        labels: Array of shape `(max_boxes, 6)`: class, corners and whether
            the object is ignored; class -1 in rows without object. None draws
            no objects.
        classes: Names of the classes.
        smallest_score: Detections that score less are not drawn.

    Returns:
        A PIL image in RGB.
    """
    picture = _enlarged(image)
    pencil = ImageDraw.Draw(picture)
    for label in () if labels is None else labels:
        if label[0] >= 0:
            corners = _in_pixels(label[1:5], picture.size)
            pencil.rectangle(corners, outline=_OBJECT_COLOUR)
    # The best is drawn last, over the others.
    for row in sorted(detections, key=lambda row: row[1]):
        if row[1] >= smallest_score:
            _draw_found(pencil, row, classes, picture.size)
    return picture


def sheet(images, detections, labels, classes):
    """Draws several images of one size side by side; see `draw`.

    Args:
        images: Array of shape `(n, h, w, c)`.
        detections: An array per image.
        labels: An array per image.
        classes: Names of the classes.

    Returns:
        A PIL image in RGB, `_COLUMNS` pictures to a row.
    """
    pictures = [
        draw(image, found, truth, classes)
        for image, found, truth in zip(images, detections, labels, strict=True)
    ]
    width, height = pictures[0].size
    rows = -(-len(pictures) // _COLUMNS)
    columns = min(len(pictures), _COLUMNS)
    whole = Image.new("RGB", (columns * width, rows * height))
    for place, picture in enumerate(pictures):
        row, column = divmod(place, _COLUMNS)
        whole.paste(picture, (column * width, row * height))
    return whole


def colour(place):
    """Returns the colour of a class as `(red, green, blue)` in 0..255."""
    shares = colorsys.hsv_to_rgb(place * _GOLDEN % 1.0, 0.85, 0.95)
    return tuple(round(255 * share) for share in shares)


def _enlarged(image):
    image = np.clip(np.round(np.asarray(image)), 0, 255).astype(np.uint8)
    if image.shape[-1] == 1:
        image = np.repeat(image, 3, axis=-1)
    height, width = image.shape[:2]
    factor = max(1, -(-_SMALLEST_SIDE // min(height, width)))
    picture = Image.fromarray(image)
    return picture.resize(
        (width * factor, height * factor), Image.Resampling.NEAREST
    )


def _draw_found(pencil, row, classes, size):
    place = int(row[0])
    left, top, right, bottom = _in_pixels(row[2:6], size)
    pencil.rectangle((left, top, right, bottom), outline=colour(place), width=2)
    text = f"{classes[place]} {row[1]:.2f}"
    font = ImageFont.load_default()
    above = (left, max(top - _TEXT_HEIGHT - 3, 0))
    pencil.rectangle(pencil.textbbox(above, text, font), fill=colour(place))
    pencil.text(above, text, fill=(0, 0, 0), font=font)


def _in_pixels(corners, size):
    """Returns left, top, right and bottom, each a pixel of the picture."""
    width, height = size
    ymin, xmin, ymax, xmax = [float(corner) for corner in corners]
    left, top = round(xmin * width), round(ymin * height)
    right, bottom = round(xmax * width) - 1, round(ymax * height) - 1
    return left, top, max(left, right), max(top, bottom)
