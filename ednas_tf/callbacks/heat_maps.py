"""Pictures of the probabilities of all operations, in shades of blue."""

from ednas_tf.callbacks import drawing

_CELL_WIDTH = 54
_CELL_HEIGHT = 24
_BAND_WIDTH = 300
_BAND_HEIGHT = 16
_TITLE = 22
_GAP = 10
_MARKS = 6
_MOST = 8
"""Slots below one another; more take another column."""
_EPOCH = "epoch"


def now(slots):
    """Draws slots as rows and operations as columns, with their numbers.

    Args:
        slots: By name of the slot, probabilities by name of the operation.

    Returns:
        A PIL image.
    """
    names = list(dict.fromkeys(name for row in slots.values() for name in row))
    left = _widest(slots) + 2 * drawing.MARGIN
    top = drawing.MARGIN + _CELL_HEIGHT
    picture, pencil = drawing.sheet(
        left + len(names) * _CELL_WIDTH + drawing.MARGIN,
        top + len(slots) * _CELL_HEIGHT + drawing.MARGIN,
    )
    for column, name in enumerate(names):
        centre = left + (column + 0.5) * _CELL_WIDTH
        _words(pencil, (centre, top - _CELL_HEIGHT / 2), name, "mm")
    for row, (slot, probabilities) in enumerate(slots.items()):
        high = top + row * _CELL_HEIGHT
        middle = high + _CELL_HEIGHT / 2
        _words(pencil, (left - drawing.MARGIN, middle), slot, "rm")
        for column, name in enumerate(names):
            box = left + column * _CELL_WIDTH, high, _CELL_WIDTH, _CELL_HEIGHT
            _cell(pencil, box, probabilities.get(name))
    return picture


def history(epochs):
    """Draws a band per slot: operations as rows, epochs as columns.

    Args:
        epochs: By number of the epoch, what `now` takes.

    Returns:
        A PIL image.
    """
    last = epochs[max(epochs)]
    bands = _Bands(last, len(epochs))
    names = list(last)
    most = -(-len(names) // -(-len(names) // _MOST))
    groups = [names[i : i + most] for i in range(0, len(names), most)]
    heights = [sum(bands.height(last[n]) for n in group) for group in groups]
    picture, pencil = drawing.sheet(
        bands.width * len(groups), max(heights) + _TITLE
    )
    for column, group in enumerate(groups):
        left, high = column * bands.width + bands.inset, 0
        for slot in group:
            chosen = {
                name: [slots[slot][name] for slots in epochs.values()]
                for name in last[slot]
            }
            _draw_bands(pencil, (left, high, bands.step), slot, chosen)
            high += bands.height(chosen)
        _axis(pencil, (left, high - _GAP, bands.step), list(epochs))
    return picture


class _Bands:
    """Sizes in pixels of the bands of all slots.

    Args:
        slots: By name of the slot, values by name of the operation.
        count: Number of epochs.
    """

    def __init__(self, slots, count):
        names = [name for row in slots.values() for name in row]
        self.inset = _widest([*names, _EPOCH]) + 2 * drawing.MARGIN
        self.step = _BAND_WIDTH / count
        wide = max(_BAND_WIDTH, _widest(slots))
        self.width = self.inset + wide + 2 * drawing.MARGIN

    def height(self, operations):
        """Returns the height of a slot with its title."""
        return _TITLE + len(operations) * _BAND_HEIGHT + _GAP


def _draw_bands(pencil, place, slot, chosen):
    left, high, step = place
    _words(pencil, (left, high + _TITLE / 2), slot, "lm")
    high += _TITLE
    for name, probabilities in chosen.items():
        middle = high + _BAND_HEIGHT / 2
        _words(pencil, (left - drawing.MARGIN, middle), name, "rm")
        _band(pencil, (left, high, step), probabilities)
        high += _BAND_HEIGHT


def _cell(pencil, box, probability):
    """Draws one probability as a shade and a number; None: no such choice."""
    left, top, width, height = box
    corners = left, top, left + width - 2, top + height - 2
    if probability is None:
        pencil.rectangle(corners, fill=drawing.MISSING)
        return
    pencil.rectangle(corners, fill=drawing.shade(probability))
    centre = left + width / 2 - 1, top + height / 2 - 1
    ink = drawing.ink_on(probability)
    _words(pencil, centre, f"{probability:.2f}", "mm", ink)


def _band(pencil, place, probabilities):
    left, top, step = place
    for column, probability in enumerate(probabilities):
        start = round(left + column * step)
        end = max(start, round(left + (column + 1) * step) - 1)
        corners = start, top, end, top + _BAND_HEIGHT - 2
        pencil.rectangle(corners, fill=drawing.shade(probability))


def _axis(pencil, place, epochs):
    """Writes the numbers of a few epochs below the bands."""
    left, top, step = place
    every = -(-len(epochs) // _MARKS)
    middle = top + _BAND_HEIGHT / 2 + 2
    _words(pencil, (left - drawing.MARGIN, middle), _EPOCH, "rm", drawing.PALE)
    for column in range(0, len(epochs), every):
        centre = left + (column + 0.5) * step
        mark = str(epochs[column])
        _words(pencil, (centre, middle), mark, "mm", drawing.PALE)


def _words(pencil, place, words, anchor, ink=drawing.INK):
    pencil.text(place, words, fill=ink, font=drawing.font(), anchor=anchor)


def _widest(names):
    return max((drawing.width_of(name) for name in names), default=0.0)
