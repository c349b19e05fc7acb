"""How the flags of now differ from those of a run, and how it goes on."""

import re
import shlex

_SHA256 = re.compile("[0-9a-f]{64}")


def between(before, now, defaults, keys=None):
    """Returns the flags that have another value now.

    A flag that the run does not know is younger than it, and had then what is
    its default.

    Args:
        before: Values by flag, as the run has them.
        now: Values by flag.
        defaults: Values that flags have by themselves.
        keys: Names of the flags to compare; all of both by default.

    Returns:
        List of name, value before and value now, by name.
    """
    keys = {*before, *now} if keys is None else keys
    pairs = (
        (key, before.get(key, defaults.get(key)), now.get(key)) for key in keys
    )
    return sorted(pair for pair in pairs if pair[1] != pair[2])


def told(changes):
    """Returns what has changed, for a person."""
    return "; ".join(
        f"--{key} was {before}, is {now}" for key, before, now in changes
    )


def undone(changes):
    """Returns the flags, as one types them, that the run goes on with."""
    unset = [f"no --{key}" for key, before, _ in changes if before is None]
    given = [
        _argument(key, before)
        for key, before, _ in changes
        if before is not None
    ]
    return ", ".join(filter(None, (" ".join(given), *unset)))


def _argument(key, value):
    if isinstance(value, bool):
        return f"--{key}" if value else f"--no{key}"
    if isinstance(value, list):
        value = ",".join(map(str, value))
    # A stage notes the hash of a file that it reads, wherever that lies.
    if _SHA256.fullmatch(str(value)):
        return f"--{key}=FILE with the SHA-256 {value}"
    return shlex.quote(f"--{key}={value}")
