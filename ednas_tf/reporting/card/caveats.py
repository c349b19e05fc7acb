"""What a reader of a model card must not take for granted."""

from ednas_tf.reporting.page import caveats, formats

_SHOWN = 5
_KINDS = {
    "offences": "{} does not take {}: {}",
    "cautions": "Caution on {}, {}: {}",
}


def of(record):
    """Returns the caveats that the files of a run tell, a line each.

    Args:
        record: A `Record`.
    """
    return [*_measured(record), *_missed(record), *_findings(record)]


def _measured(record):
    if not record.headlines:
        yield "Nothing of it was measured on test examples."
    yield from caveats.of(record)


def _missed(record):
    missed = [name for name, row in record.budgets.items() if not row["met"]]
    if missed:
        names = ", ".join(formats.word(name).lower() for name in missed)
        yield f"Budgets that are not met: {names}."


def _findings(record):
    """Yields what the rules of the device say of the network."""
    checked = (record.export or {}).get("deployment") or {}
    target = checked.get("target") or record.target
    for kind, sentence in _KINDS.items():
        found = checked.get(kind, [])
        for row in found[:_SHOWN]:
            yield sentence.format(
                target, row.get("operator", "an operator"), row.get("reason")
            )
        if len(found) > _SHOWN:
            yield f"{len(found) - _SHOWN} further {kind}: see the report."
