"""What was not measured, so that nobody takes a model for a measurement."""

from ednas_tf.reporting.page import formats, headlines


def of(record):
    """Returns the caveats of a run, a sentence or two each."""
    parts = (_costs, _entries, _time_here, _examples, _spread, _rules)
    return [told for part in parts for told in part(record)]


def _costs(record):
    search = record.search or {}
    status = search.get("status")
    if status:
        yield (
            f"Latency and energy on {record.target} are {status}. They were "
            "not taken from the device itself."
            if "measured" not in status
            else f"Latency and energy on {record.target} are {status}."
        )
    unknown = [
        formats.word(name).lower()
        for name, value in record.costs_found.items()
        if value is None
    ]
    if unknown:
        yield (
            f"No figure for {', '.join(unknown)}: {record.target} has no model "
            "of it."
        )


def _entries(record):
    filled = (record.search or {}).get("filled_entries")
    if filled:
        yield (
            f"{formats.plural(filled, 'entry of the table')} "
            "of costs was missing and was estimated."
            if filled == 1
            else f"{formats.number(filled)} entries of the table of costs were "
            "missing and were estimated."
        )


def _time_here(record):
    if any(row.get("latency_us") for row in record.measured.values()):
        yield (
            "“Latency here” was measured on the machine that evaluated the "
            "files. It compares the files with one another, and tells nothing "
            "of the device."
        )


def _examples(record):
    name = record.deployed
    spread = headlines.uncertainty(record, name) if name else None
    if spread:
        count = record.measured[name].get("examples")
        yield (
            f"{formats.plural(count, 'test example')} bound the accuracy "
            f"of {name} to {spread} (95 % interval of chance alone)."
        )
    limit = record.flag("max_examples")
    if limit:
        yield (
            f"Only {formats.number(limit)} examples were used (--max_examples)."
        )


def _spread(record):
    if record.seed is not None:
        yield (
            f"This is one run with seed {record.seed}; other seeds give other "
            "networks and accuracies. Compare several runs to see the spread."
        )
    if record.flag("deterministic") is False:
        yield (
            "Without --deterministic the same seed may give slightly different "
            "weights."
        )


def _rules(record):
    found = (record.export or {}).get("deployment") or {}
    if found and not found.get("checked"):
        note = found.get("note") or "no reason was recorded"
        note = note.removeprefix("not checked: ").rstrip(".")
        yield f"The rules of {found.get('target')} were not checked: {note}."
    if record.export is not None and not found:
        yield (
            "No deployment rules were checked, as the target has none that "
            "are known."
        )
