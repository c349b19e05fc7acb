"""Which classes are taken for which, and the worst mistakes."""

import dataclasses
import re

from ednas_tf.reporting import forms
from ednas_tf.reporting.page import heat_maps, svg

_NUMBERED = 16
"""Most classes whose counts are told one by one."""
_PAIRS = 12
_CELL, _LARGEST_CELL = 7, 16
_FONT = 11
_MAP = 640
_IMAGE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")
_MOST_CLASSES = 1000


@dataclasses.dataclass(frozen=True)
class Confusion:
    """Counts of one artifact.

    Attributes:
        artifact: Name of the artifact.
        names: Names of the classes.
        counts: Rows by label, columns by prediction.
    """

    artifact: str
    names: tuple
    counts: tuple

    @property
    def is_small(self):
        """Whether its counts can be told one by one."""
        return len(self.names) <= _NUMBERED

    @property
    def total(self):
        """Number of examples."""
        return sum(map(sum, self.counts))

    @property
    def hits(self):
        """Number of examples that are on the diagonal."""
        return sum(row[place] for place, row in enumerate(self.counts))

    def share(self, label, predicted):
        """Returns the share of a class that is taken for another."""
        total = sum(self.counts[label])
        return self.counts[label][predicted] / total if total else 0.0

    def darkness(self, label, predicted):
        """Returns how dark a cell is: the root, so that few are seen too."""
        return self.share(label, predicted) ** 0.5

    def pairs(self):
        """Returns the most frequent confusions: label, prediction, count."""
        found = [
            (self.names[i], self.names[j], count, self.share(i, j))
            for i, row in enumerate(self.counts)
            for j, count in enumerate(row)
            if i != j and count
        ]
        return sorted(found, key=lambda pair: -pair[2])[:_PAIRS]

    def recalls(self):
        """Returns name, examples and share found of each class, worst first."""
        found = [
            (name, sum(self.counts[i]), self.share(i, i))
            for i, name in enumerate(self.names)
            if sum(self.counts[i])
        ]
        return sorted(found, key=lambda row: row[2])


def of(record):
    """Returns the `Confusion` of the deployed artifact, or None.

    Cells of classes that there cannot be are left out.
    """
    known = dict.fromkeys(row["artifact"] for row in record.confusion)
    if not known:
        return None
    name = record.deployed if record.deployed in known else next(iter(known))
    cells = [row for row in record.confusion if row["artifact"] == name]
    cells = [c for c in cells if all(map(_is_class, _ends(c)))]
    names = record.classes
    size = max([len(names), *(int(max(_ends(c))) + 1 for c in cells)])
    names = (*names, *map(str, range(len(names), size)))
    counts = [[0] * size for _ in range(size)]
    for cell in cells:
        if forms.finite(cell["count"]):
            label, predicted = map(int, _ends(cell))
            counts[label][predicted] += int(cell["count"])
    return Confusion(name, names, tuple(map(tuple, counts)))


def _ends(cell):
    return cell["label"], cell["predicted"]


def _is_class(value):
    return forms.finite(value) and 0 <= value < _MOST_CLASSES


def draw(confusion):
    """Draws a large matrix: a shade for each cell, names where they fit."""
    size = len(confusion.names)
    cell = max(2, min(_LARGEST_CELL, _MAP // size))
    every = -(-12 // cell)
    left = 4 + max(svg.width_of(n, _FONT) for n in confusion.names)
    left = min(left, 110)
    rows = []
    for i, name in enumerate(confusion.names):
        y = 2 + i * cell
        if i % every == 0:
            told = svg.shortened(name, left - 6, _FONT)
            rows.append(svg.text(left - 6, y + cell / 2 + 4, told, "end"))
        rows.append(
            svg.rectangle(left, y, size * cell, cell, fill=heat_maps.shade(0))
        )
        rows += [
            svg.rectangle(
                left + j * cell,
                y,
                cell,
                cell,
                fill=heat_maps.shade(confusion.darkness(i, j)),
                title=f"{name} taken for {confusion.names[j]}: {count}",
            )
            for j, count in enumerate(confusion.counts[i])
            if count
        ]
    side = size * cell
    return svg.drawing(
        left + side + 4,
        side + 22,
        f"Confusion matrix of {confusion.artifact}: classes down, answers "
        "across",
        *rows,
        svg.text(left, side + 17, "answers, in the same order"),
    )


def mistakes(record):
    """Returns the worst mistakes, with names and safe images.

    Returns:
        Dictionaries of `label`, `predicted`, `probability`,
        `probability_of_label`, `index` and `image` (a data URI or None).
    """
    found = record.mistakes or {}
    names = tuple(found.get("classes", ())) or record.classes
    return [
        {
            **{
                key: row.get(key)
                for key in ("index", "probability", "probability_of_label")
            },
            "label": _name(names, row.get("label")),
            "predicted": _name(names, row.get("predicted")),
            "image": _image(row.get("image")),
        }
        for row in found.get("mistakes", ())
    ]


def _name(names, place):
    if isinstance(place, int) and 0 <= place < len(names):
        return names[place]
    return f"class {place}"


def _image(uri):
    """Returns a data URI of a PNG image, or None for anything else."""
    return uri if uri and _IMAGE.fullmatch(uri) else None
