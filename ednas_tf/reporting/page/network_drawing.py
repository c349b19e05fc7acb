"""The network that was found, drawn from top to bottom.

Boxes are the nodes in their order; filled ones are slots, where the search
chose. Lines on the left are tensors that a node further down reads: residual
sums, and the maps of a detector.
"""

import math

from ednas_tf.reporting.page import formats, network_layout, svg

_FONT = 11
_ROWS = 9
"""Rows of a piece, between which a printed page may end."""
_BAR, _TRACK, _PERCENT, _VALUE = 14, 112, 52, 128
"""Where bars begin and how long they are; where figures end behind them."""
_NAME, _NAMES, _NOTES = 22, 172, 200
_GAP = (network_layout.ROW - network_layout.BOX) / 2
_HEAD = 14


def draw(architecture, shares, notes):
    """Draws a network.

    Args:
        architecture: The `Architecture`.
        shares: The `Shares` of its nodes.
        notes: What was chosen in short texts, by node; may be empty.

    Returns:
        Drawings, to be shown one below the other.
    """
    layout = network_layout.layout(architecture)
    rows = [
        _row(node, layout, shares, notes.get(node.name, ()))
        for node in layout.nodes
    ]
    width = layout.right + _places()[-1]
    width += _NOTES if notes else 0
    wires = [*_steps(architecture, layout), *_skips(layout)]
    count = math.ceil(len(rows) / _ROWS)
    size = math.ceil(len(rows) / count)
    return [
        _piece(rows, wires, (first, size), (layout, shares, width))
        for first in range(0, len(rows), size)
    ]


def _piece(rows, wires, span, page):
    """Returns the drawing of some rows.

    Args:
        rows: Elements of all rows.
        wires: Elements with the heights at which they begin and end.
        span: First row and number of rows.
        page: The layout, the shares and the width of the drawing.
    """
    layout, shares, width = page
    first, size = span
    last = min(first + size, len(rows))
    top = 0 if first == 0 else layout.nodes[first].y - _GAP
    end = layout.nodes[last - 1].y + network_layout.BOX + _GAP
    heads = [_heads(layout, shares, width)] if first == 0 else []
    seen = [one for one, start, stop in wires if start < end and stop > top]
    number = f", rows {first + 1} to {last}" if len(rows) > size else ""
    return svg.drawing(
        width,
        end - top,
        f"The network that was found{number}",
        *heads,
        *seen,
        *rows[first:last],
        viewBox=f"0 {top} {width} {end - top}",
        class_="piece",
    )


def _heads(layout, shares, width):
    x = layout.right
    name, notes = _places()
    told = [
        (layout.left, "Layer", None),
        (x - 8, "Output", "end"),
        (x + _BAR, f"Share of {_cost(shares)}", None),
        (x + name, "Name", None),
    ]
    if width > x + notes:
        told.append((x + notes, "Chosen", None))
    return svg.element(
        "g",
        *(svg.text(x, _HEAD, words, anchor) for x, words, anchor in told),
        class_="heads",
    )


def _places():
    """Returns how far behind the boxes names and notes stand."""
    name = _BAR + _TRACK + _VALUE + _NAME
    return name, name + _NAMES


def _cost(shares):
    return formats.word(shares.cost).lower()


def _row(node, layout, shares, notes):
    """Returns the box of a node and the figures beside it."""
    kind = _style(node.kind)
    base = node.middle + 4
    x = layout.right
    return svg.element(
        "g",
        svg.rectangle(
            node.x,
            node.y,
            node.width,
            node.height,
            rx=3,
            class_=f"node {kind}",
            title=f"{node.name}: {node.told}",
        ),
        svg.text(
            node.x + 8,
            base,
            node.told,
            class_="strong" if kind == "slot" else "ink",
        ),
        svg.text(x - 8, base, _shape(node.shape), "end"),
        *_share(node, x + _BAR, shares),
        svg.text(
            x + _places()[0],
            base,
            svg.shortened(node.name, _NAMES - 8, _FONT),
        ),
        *_notes(notes, x + _places()[1], base),
    )


def _style(kind):
    if kind == "slot":
        return "slot"
    return "sum" if kind == "add" else "plain"


def _shape(shape):
    return "×".join(f"{side:,}" for side in shape)


def _share(node, x, shares):
    """Returns the bar of what a node costs, as a part of the dearest one."""
    value = shares.values.get(node.name, 0)
    if not value:
        return []
    longest = max(shares.values.values())
    length = max(1.0, _TRACK * value / longest)
    percent = formats.percent(shares.share(node.name), 1)
    cost = formats.alike(value, shares.cost, longest)
    base = node.middle + 4
    return [
        svg.rectangle(
            x,
            node.middle - 5,
            length,
            10,
            class_=f"share {_style(node.kind)}",
            title=f"{node.name}: {percent}, {cost}",
        ),
        svg.text(x + _TRACK + _PERCENT, base, percent, "end"),
        svg.text(x + _TRACK + _VALUE, base, cost, "end"),
    ]


def _notes(told, x, base):
    if not told:
        return []
    spans = [
        svg.element(
            "tspan",
            one,
            dx=9 if place else None,
            class_=None if place else "strong",
        )
        for place, one in enumerate(told)
    ]
    return [svg.element("text", *spans, x=x, y=base)]


def _steps(architecture, layout):
    """Returns the wires between neighbours, with where they begin and end."""
    found = []
    pairs = zip(
        layout.nodes,
        layout.nodes[1:],
        architecture.skeleton.nodes,
        strict=False,
    )
    for above, below, node in pairs:
        if above.name in node.inputs:
            x = layout.left + 18
            start, end = above.y + above.height, below.y
            wire = svg.line(x, start, x, end, class_="wire")
            found.append((wire, start, end))
    return found


def _skips(layout):
    """Returns the wires on the left, with where they begin and end."""
    found = []
    for wire in layout.wires:
        points = (
            (layout.left, wire.start + 4),
            (wire.x, wire.start + 4),
            (wire.x, wire.end - 4),
            (layout.left, wire.end - 4),
        )
        title = svg.element("title", f"{wire.source} to {wire.reader}")
        line = svg.path(points, class_="skip-wire")
        x, y = points[-1]
        tip = svg.element("path", d=f"M{x:g} {y:g}l-5 -3v6z", class_="ink tip")
        group = svg.element("g", title, line, tip)
        found.append((group, wire.start, wire.end))
    return found
