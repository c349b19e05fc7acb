"""The network that a search found, as a picture."""

from ednas_tf.callbacks import drawing, wording
from ednas_tf.spaces import network

_ROW = 22
_ROWS = 32
"""Rows of a column; a deeper network takes several columns."""
_BAR_WIDTH = 60
_FIXED = (218, 220, 224)
_CHOSEN = (
    (66, 133, 244),
    (219, 112, 60),
    (52, 168, 83),
    (171, 71, 188),
    (0, 150, 160),
    (196, 152, 0),
    (216, 67, 116),
    (92, 107, 192),
    (124, 140, 60),
    (141, 110, 99),
)
_SPACE = 10


def draw(architecture):
    """Draws a row per layer: name, operation, channels, shape.

    Operations that were chosen are in colour, those that were given in grey.
    The length of a bar is the number of channels.

    Args:
        architecture: The `Architecture`.

    Returns:
        A PIL image.
    """
    rows = list(_rows(architecture))
    widths = [_widest(row[place] for row in rows) for place in (0, 1, 3)]
    column = sum(widths) + _BAR_WIDTH + 5 * _SPACE
    heads = _heads(architecture)
    columns = -(-len(rows) // _ROWS)
    top = drawing.MARGIN + _ROW * len(heads)
    width = max(column * columns, _widest(heads) + 2 * _SPACE)
    height = top + _ROW * min(len(rows), _ROWS) + drawing.MARGIN
    picture, pencil = drawing.sheet(width, height)
    for place, words in enumerate(heads):
        middle = drawing.MARGIN + (place + 0.5) * _ROW
        _words(pencil, (_SPACE, middle), words)
    most = max(row[2] for row in rows)
    for place, row in enumerate(rows):
        where = column * (place // _ROWS), top + _ROW * (place % _ROWS)
        _draw_row(pencil, where, widths, row, most)
    return picture


def _heads(architecture):
    """Returns the lines above the layers: what it is, and its costs."""
    fixed = architecture.skeleton
    costs = [
        wording.priced(name, value)
        for name, value in architecture.costs.items()
        if value is not None
    ]
    device = f" on {architecture.target}" if architecture.target else ""
    pairs = [", ".join(costs[i : i + 3]) for i in range(0, len(costs), 3)]
    return [
        f"{fixed.name}, {len(architecture.choices)} slots{device}",
        *pairs,
    ]


def _rows(architecture):
    """Yields name, operation, channels, shape and colour of each layer."""
    fixed = architecture.skeleton
    shapes = network.shapes(fixed.nodes, fixed.input_shape)
    chosen = {c.slot: c.operation for c in architecture.choices}
    colours = dict(zip(dict.fromkeys(chosen.values()), _CHOSEN, strict=False))
    yield network.IMAGE, "", *_size(shapes[network.IMAGE]), _FIXED
    for node in fixed.nodes:
        size = _size(shapes[node.name])
        if node.kind == "slot":
            operation = chosen[node.name]
            colour = colours.get(operation, drawing.INK)
        else:
            operation, colour = _given(node), _FIXED
        if node.stride > 1:
            operation += f" /{node.stride}"
        yield node.name, operation, *size, colour


def _given(node):
    """Returns the operation of a node that the search had no choice in."""
    if node.kind not in ("conv", "depthwise"):
        return node.kind
    height, width = node.kernel
    return f"{node.kind} {height}x{width}"


def _size(shape):
    height, width, channels = shape
    return channels, f"{height} x {width} x {channels}"


def _draw_row(pencil, where, widths, row, most):
    left, top = where
    name, operation, channels, shape, colour = row
    middle = top + _ROW / 2
    left += _SPACE
    _words(pencil, (left, middle), name, drawing.PALE)
    left += widths[0] + _SPACE
    ink = drawing.INK if colour == _FIXED else colour
    _words(pencil, (left, middle), operation, ink)
    left += widths[1] + _SPACE
    length = max(2, _BAR_WIDTH * channels / most)
    pencil.rectangle((left, top + 5, left + length, top + _ROW - 6), colour)
    _words(pencil, (left + _BAR_WIDTH + _SPACE, middle), shape)


def _words(pencil, place, words, ink=drawing.INK):
    pencil.text(place, words, fill=ink, font=drawing.font(), anchor="lm")


def _widest(words):
    return max(drawing.width_of(each) for each in words)
