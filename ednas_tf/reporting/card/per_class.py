"""How good a network is class by class, and what it takes for what."""

from ednas_tf.reporting.card import markdown
from ednas_tf.reporting.page import confusion, facts

_SHOWN = 20
_CONFUSED = 5


def table(record):
    """Returns a title and a table, both empty if nothing was measured.

    Args:
        record: A `Record`.
    """
    artifacts, rows = facts.per_class(record)
    if rows:
        cells = [
            (row["name"], row["objects"], row["values"][0]) for row in rows
        ]
        return _written(artifacts[0], ("average precision", "objects"), cells)
    counted = confusion.of(record)
    if counted is None:
        return "", ""
    return _written(
        counted.artifact, ("share right", "examples"), counted.recalls()
    )


def confusions(record):
    """Returns what is most often taken for what.

    Args:
        record: A `Record`.

    Returns:
        Names of the right and of the told class, and how often.
    """
    counted = confusion.of(record)
    pairs = [] if counted is None else counted.pairs()
    return [(label, told, count) for label, told, count, _ in pairs[:_CONFUSED]]


def _written(artifact, names, rows):
    """Returns title and table of names, counts and shares, worst first."""
    cells = [
        (name, markdown.number(share, 4), markdown.number(count))
        for name, count, share in rows[:_SHOWN]
    ]
    some = f", the worst {_SHOWN} of {len(rows)}" if len(rows) > _SHOWN else ""
    header = ("class", *(f">{name}" for name in names))
    return f"By class, of {artifact}{some}", markdown.table(header, cells)
