"""Shades for numbers: probabilities over epochs, and confusions."""

import dataclasses

from ednas_tf.reporting.page import formats, svg

_LOW, _HIGH = (243, 245, 248), (16, 62, 112)
"""Red, green and blue of 0 and of 1; lightness falls all the way between, so
that a print in black and white tells the same."""
_LEVELS = 40
_DARK = 0.6
"""From which share on letters are white."""
_WIDTH, _CELL, _TOP, _FOOT = 280, 16, 2, 18
_FONT = 11


@dataclasses.dataclass(frozen=True)
class Panel:
    """The probabilities of one slot.

    Attributes:
        slot: Name of the slot.
        epochs: Epochs in rising order.
        values: Probabilities by operation: one per epoch, None if unknown.
    """

    slot: str
    epochs: tuple
    values: dict


def panels(rows):
    """Returns a `Panel` for each slot, in the order of the file.

    Args:
        rows: Rows of `alphas.csv`. An epoch that is there twice, as after a
            broken run, counts as it was the last time.
    """
    slots = {}
    for row in rows:
        cells = slots.setdefault(row["slot"], {})
        operation = cells.setdefault(row["operation"], {})
        operation[row["epoch"]] = row["probability"]
    found = []
    for slot, operations in slots.items():
        known = {e for cells in operations.values() for e in cells}
        epochs = tuple(sorted(e for e in known if e is not None))
        values = {
            name: tuple(cells.get(epoch) for epoch in epochs)
            for name, cells in operations.items()
        }
        found.append(Panel(slot, epochs, values))
    return found


def last(found):
    """Returns the last probabilities by operation, by slot.

    Args:
        found: `Panel` values.
    """
    return {
        panel.slot: {name: row[-1] for name, row in panel.values.items()}
        for panel in found
        if panel.epochs
    }


def draw(panel, warmup=0, chosen=None):
    """Draws the probabilities of a slot: operations down, epochs across.

    Args:
        panel: The `Panel`.
        warmup: Last epoch of the warm-up, marked below; 0 without one.
        chosen: Name of the operation that was chosen, or None.
    """
    left = 10 + max(svg.width_of(name, _FONT) for name in panel.values)
    left = min(left, 70)
    right = 38
    step = (_WIDTH - left - right) / max(1, len(panel.epochs))
    rows = []
    for place, (name, row) in enumerate(panel.values.items()):
        y = _TOP + place * _CELL
        style = "strong" if name == chosen else None
        told = svg.shortened(name, left - 6, _FONT)
        rows += [
            svg.text(left - 6, y + 12, told, "end", class_=style),
            *_cells(row, (left, y, step)),
            svg.text(
                _WIDTH,
                y + 12,
                formats.percent(row[-1], 0) if row else "",
                "end",
                class_=style,
            ),
        ]
    bottom = _TOP + len(panel.values) * _CELL
    return svg.drawing(
        _WIDTH,
        bottom + _FOOT,
        f"Probabilities of the operations of {panel.slot} over epochs",
        *rows,
        *_feet(panel, warmup, (left, bottom, step)),
    )


def _cells(row, place):
    """Returns rectangles, one for each run of equal shades."""
    x, y, step = place
    levels = [None if v is None else level(v) for v in row]
    found, start = [], 0
    for end in range(1, len(levels) + 1):
        if end < len(levels) and levels[end] == levels[start]:
            continue
        if levels[start] is not None:
            found.append(
                svg.rectangle(
                    x + start * step,
                    y,
                    (end - start) * step + 0.3,
                    _CELL - 1,
                    fill=shade(levels[start] / _LEVELS),
                )
            )
        start = end
    return found


def _feet(panel, warmup, place):
    """Returns the first and the last epoch, and the line of the warm-up."""
    x, y, step = place
    if not panel.epochs:
        return []
    end = x + step * len(panel.epochs)
    found = [svg.text(end, y + 14, f"{panel.epochs[-1]:g}", "end")]
    count = sum(epoch <= warmup for epoch in panel.epochs)
    if not count:
        return [svg.text(x, y + 14, f"epoch {panel.epochs[0]:g}"), *found]
    line = svg.line(x, y + 3, x + count * step - 1, y + 3, class_="axis")
    return [line, svg.text(x, y + 15, f"warm-up to {warmup:g}"), *found]


def level(value):
    """Returns the step of the shades, 0 to 40, of a share of one."""
    value = value if value == value else 0.0  # No NaN.
    return round(min(1.0, max(0.0, value)) * _LEVELS)


def shade(share):
    """Returns the colour of a share of one, darker for more."""
    share = min(1.0, max(0.0, share))
    mixed = [
        round(low + (high - low) * share)
        for low, high in zip(_LOW, _HIGH, strict=True)
    ]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def letters(share):
    """Returns the colour of letters on the shade of a share."""
    return "#fff" if share >= _DARK else "#1b2430"
