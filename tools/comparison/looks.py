"""Colours and markers by which contestants are told apart.

The colours are those of Okabe and Ito (2008), which people who see fewer
colours tell apart as well; no two contestants share colour and marker.
"""

import dataclasses

from tools.comparison import derivation

_REFERENCE = "#0072B2"
_FIXED = "#B87A00"
_CHANCE = "#4D4D4D"
_OTHERS = ("#D55E00", "#009E73", "#CC79A7", "#3B9BD0", "#000000")
_FIXED_MARKERS = "v^<>"
_MARKERS = "sPXDhp*d"
_SIZE, _LARGE = 6.0, 8.5


@dataclasses.dataclass(frozen=True)
class Look:
    """How a contestant is drawn.

    Attributes:
        number: Its number in the legend, from 1.
        label: What readers call it.
        colour: Colour of its lines.
        marker: Marker of matplotlib.
        size: Size of the marker, in typographic points.
        hollow: Whether only the edge of the marker has the colour.
    """

    number: int
    label: str
    colour: str
    marker: str
    size: float = _SIZE
    hollow: bool = False

    @property
    def told(self):
        """Line of the legend."""
        return f"{self.number}  {self.label}"

    @property
    def line(self):
        """Width of its error bars."""
        return 2.0 if self.size == _LARGE else 1.2

    @property
    def order(self):
        """Place in the stack of what is drawn; the reference is on top."""
        return 5 if self.size == _LARGE else 4

    @property
    def marks(self):
        """How matplotlib draws the marker."""
        return {
            "marker": self.marker,
            "markersize": self.size,
            "markeredgecolor": self.colour,
            "markerfacecolor": "white" if self.hollow else self.colour,
        }


def of(comparison, derived=False):
    """Returns the looks of contestants that have rows, in their order.

    Args:
        comparison: A `summary.Comparison`.
        derived: Whether the best fixed kernel is drawn, which is one of the
            others, as well.

    Returns:
        Dictionary from contestants to `Look`.
    """
    # Those without rows keep their place, so that looks stay as they are
    # while a comparison goes on.
    names = [
        name
        for name in comparison.labels
        if derived or name != derivation.BEST_FIXED
    ]
    fixed = [name for name in names if name in comparison.fixed]
    chance = (derivation.RANDOM, derivation.RANDOM_FIRST)
    known = {comparison.reference, derivation.BEST_FIXED, *fixed, *chance}
    others = [name for name in names if name not in known]
    return {
        name: Look(
            number,
            comparison.labels[name],
            **_style(name, comparison.reference, fixed, others),
        )
        for number, name in enumerate(names, start=1)
        if comparison.at(name)
    }


def _style(name, reference, fixed, others):
    """Returns colour, marker and size of a contestant."""
    if name == reference:
        return {"colour": _REFERENCE, "marker": "o", "size": _LARGE}
    if name == derivation.BEST_FIXED:
        return {"colour": _FIXED, "marker": "D", "hollow": True}
    if name in (derivation.RANDOM, derivation.RANDOM_FIRST):
        single = name == derivation.RANDOM_FIRST
        return {"colour": _CHANCE, "marker": "o", "hollow": single}
    if name in fixed:
        place, markers = fixed.index(name), _FIXED_MARKERS
        marker, again = markers[place % 4], place >= len(markers)
        return {"colour": _FIXED, "marker": marker, "hollow": again}
    place = others.index(name)
    return {
        "colour": _OTHERS[place % len(_OTHERS)],
        "marker": _MARKERS[place % len(_MARKERS)],
    }
