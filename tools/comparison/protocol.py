"""What a comparison runs: read from a small TOML file."""

import dataclasses
import pathlib
import tomllib

from ednas_tf import errors

KINDS = ("search", "random", "fixed")
_MOST_MEMBERS = 1000


@dataclasses.dataclass(frozen=True)
class Target:
    """A device, and the spaces and budgets that are compared on it.

    Attributes:
        name: Name of the device, once in a protocol.
        flags: Flags that say which device it is.
        width: Width of the space.
        budgets: Latencies allowed, relative to the fastest network of the
            space.
        measured: Whether the device is this machine, so that exported files
            can be timed.
    """

    name: str
    flags: tuple
    width: float
    budgets: tuple
    measured: bool = False


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A way to find a network within a budget.

    Attributes:
        id: Name in files, once in a protocol.
        label: Name in tables and plots.
        kind: One of `KINDS`: a search; random draws from the space; or one
            operation in every slot, as wide as the budget allows.
        flags: Flags of the search, after those of all.
        wider: Factor of the space's width, for a search of channels.
        members: Draws for each seed, of `random`.
        share: Least share of the budget that a draw uses, of `random`.
        operation: Name of the operation, of `fixed`.
    """

    id: str
    label: str
    kind: str
    flags: tuple = ()
    wider: float = 1.0
    members: int = 1
    share: float = 0.9
    operation: str = ""


@dataclasses.dataclass(frozen=True)
class Ranking:
    """How well a supernet ranks networks that are trained alone.

    Attributes:
        target: Name of the target whose space is ranked.
        level: Number of its budget, from 1.
        count: Random networks.
        variants: Pairs of label and flags, a search for each.
    """

    target: str
    level: int
    count: int
    variants: tuple


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What a comparison runs.

    Attributes:
        title: Heading.
        description: What is compared on what, for a reader of the report.
        seeds: Seeds; each contestant is run with all of them.
        flags: Flags of everything.
        search_flags: Flags of every search.
        targets: `Target` values.
        contestants: `Contestant` values; others are held against the first.
        ranking: The `Ranking`, or None.
    """

    title: str
    description: str
    seeds: tuple
    flags: tuple
    search_flags: tuple
    targets: tuple
    contestants: tuple
    ranking: Ranking | None = None

    @property
    def labels(self):
        """Label of each contestant, in order."""
        return {each.id: each.label for each in self.contestants}

    @property
    def fixed(self):
        """Names of the contestants with one operation everywhere."""
        return tuple(c.id for c in self.contestants if c.kind == "fixed")


def read(path):
    """Returns the `Protocol` of a TOML file; raises `UserError`."""
    try:
        values = tomllib.loads(pathlib.Path(path).read_text("utf-8"))
    except OSError as error:
        raise errors.UserError(
            f"Expected a protocol at {path}. {error.strerror}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.UserError(f"{path} is not TOML: {error}") from error
    try:
        return _checked(_from_values(values))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def only(protocol, seeds=None, contestants=None, targets=None):
    """Returns a protocol with less to run; None leaves a part whole.

    Args:
        protocol: The `Protocol`.
        seeds: Seeds, as numbers or text.
        contestants: Their ids.
        targets: Their names.

    Raises:
        UserError: If it has no such part.
    """
    return dataclasses.replace(
        protocol,
        seeds=_chosen("seed", protocol.seeds, seeds, str),
        contestants=_chosen(
            "contestant", protocol.contestants, contestants, lambda c: c.id
        ),
        targets=_chosen(
            "target", protocol.targets, targets, lambda target: target.name
        ),
    )


def _chosen(what, parts, names, name_of):
    if names is None:
        return parts
    known = {name_of(part): part for part in parts}
    for name in names:
        if str(name) not in known:
            raise errors.unknown_name(what, str(name), known)
    return tuple(known[str(name)] for name in names)


def _from_values(values):
    parts = {
        "targets": _each(Target, values.pop("targets", [])),
        "contestants": _each(Contestant, values.pop("contestants", [])),
    }
    ranking = values.pop("ranking", None)
    if ranking is not None:
        variants = ranking.pop("variants", [])
        pairs = tuple((v["label"], tuple(v["flags"])) for v in variants)
        parts["ranking"] = _one(Ranking, {**ranking, "variants": pairs})
    return _one(Protocol, {**values, **parts})


def _each(kind, tables):
    return tuple(_one(kind, table) for table in tables)


def _one(kind, values):
    """Returns a dataclass of values, its lists as tuples."""
    known = {field.name for field in dataclasses.fields(kind)}
    for name in values:
        if name not in known:
            raise errors.unknown_name(f"key of {kind.__name__}", name, known)
    frozen = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
    }
    try:
        return kind(**frozen)
    except TypeError as error:
        raise errors.UserError(f"Not a {kind.__name__}: {error}.") from error


def _checked(protocol):
    """Returns the protocol; raises `UserError` where parts do not fit."""
    for what, found in (
        ("seeds", protocol.seeds),
        ("targets", [target.name for target in protocol.targets]),
        ("contestants", list(protocol.labels)),
    ):
        if not found or len(set(found)) != len(found):
            raise errors.UserError(
                f"Expected {what}, each once. Received: {list(found)}"
            )
    if len(protocol.labels) != len(protocol.contestants):
        raise errors.UserError("Expected an id of its own per contestant.")
    for contestant in protocol.contestants:
        _check_contestant(contestant)
    ranking = protocol.ranking
    names = [target.name for target in protocol.targets]
    if ranking is not None and ranking.target not in names:
        raise errors.unknown_name("target", ranking.target, names)
    return protocol


def _check_contestant(contestant):
    if contestant.kind not in KINDS:
        raise errors.unknown_name("kind", contestant.kind, KINDS)
    if not 1 <= contestant.members <= _MOST_MEMBERS:
        raise errors.UserError(
            f"Expected 1 to {_MOST_MEMBERS} members of {contestant.id}. "
            f"Received: {contestant.members}"
        )
    if contestant.kind == "fixed" and not contestant.operation:
        raise errors.UserError(
            f"Expected the operation of {contestant.id}, received none."
        )
