"""Which flags tell runs apart, and which runs differ by their seed alone."""

from ednas_tf import runs

_RESULTS = ("architecture",)
"""Recorded beside flags, yet found by the run."""
SEED = "seed"


def flags(record):
    """Returns the flags of a run by name.

    A stage may have been run with another value than those before it; such a
    flag comes again with the name of the stage.

    Args:
        record: A `Record`.
    """
    found = {}
    for stage in runs.STAGES:
        for name, value in record.config.get(stage, {}).items():
            if name in _RESULTS:
                continue
            if found.setdefault(name, value) != value:
                found[f"{name} ({stage})"] = value
    return found


def differing(records):
    """Returns the names of the flags that differ, in the order of stages.

    A stage that a run has not reached says nothing about its flags.

    Args:
        records: The `Record` of each run.
    """
    known = [flags(record) for record in records]
    names = dict.fromkeys(name for found in known for name in found)
    return [name for name in names if _differs(name, known)]


def value(record, name):
    """Returns the value of a flag as `flags` names it; None if unknown."""
    found = flags(record)
    return found.get(name, found.get(_plain(name)))


def by_seed(records):
    """Returns places of runs that differ by their seed alone.

    Args:
        records: The `Record` of each run.

    Returns:
        A list of places for each setting that two runs or more have, in the
        order of their seeds.
    """
    groups = {}
    for place, record in enumerate(records):
        groups.setdefault(_without_seed(record), []).append(place)
    return [
        sorted(places, key=lambda place: (_number(records[place].seed), place))
        for places in groups.values()
        if len(places) > 1
    ]


def _number(seed):
    return seed if isinstance(seed, int) else 0


def _differs(name, known):
    values = {
        repr(found.get(name, found.get(_plain(name))))
        for found in known
        if _plain(name) in found
    }
    return len(values) > 1


def _plain(name):
    """Returns the name of a flag without that of a stage."""
    return name.partition(" (")[0]


def _without_seed(record):
    """Returns a key that is equal for equal settings of equal stages."""
    rest = {n: v for n, v in flags(record).items() if _plain(n) != SEED}
    stages = [stage for stage in runs.STAGES if stage in record.config]
    return repr((stages, sorted(rest.items())))
