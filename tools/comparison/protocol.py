"""What a comparison runs: read from a small TOML file."""

import dataclasses
import pathlib
import tomllib
import typing

from ednas_tf import errors
from tools.comparison import derivation, fields

KINDS = ("search", "random", "fixed")
_MOST_MEMBERS = 1000
_LEAST_RANKED = 3


@dataclasses.dataclass(frozen=True)
class Target:
    """A device, and the spaces and budgets that are compared on it.

    Attributes:
        name: Name of the device, once in a protocol.
        flags: Flags that say which device it is.
        width: Width of the space that the budgets are relative to.
        budgets: Latencies allowed, relative to the fastest network of the
            space.
        measured: Whether the device is this machine, so that exported files
            can be timed.
    """

    name: str
    flags: tuple[str, ...]
    width: float
    budgets: tuple[float, ...]
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
        wider: Factor of the target's width, for a search of channels; 0 for
            the space that all others have.
        members: Draws for each seed, of `random`.
        share: Least share of the budget that a draw uses, of `random`.
        operation: Name of the operation, of `fixed`.
    """

    id: str
    label: str
    kind: str
    flags: tuple[str, ...] = ()
    wider: float = 0.0
    members: int = 1
    share: float = 0.9
    operation: str = ""


class Variant(typing.NamedTuple):
    """A search that leaves a supernet.

    Attributes:
        label: Name in the table.
        flags: Flags of the search, after those of all searches.
    """

    label: str
    flags: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Ranking:
    """How well a supernet ranks networks that are trained alone.

    Attributes:
        target: Name of the target whose random networks are ranked.
        level: Number of the highest budget that they are of, which is that
            of the searches.
        count: Random networks; fewer than three have no ranks to speak of.
        variants: `Variant` values, a supernet for each.
    """

    target: str
    level: int
    count: int
    variants: tuple[Variant, ...]


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What a comparison runs.

    Attributes:
        title: Heading.
        description: What is compared on what, for a reader of the report.
        seeds: Seeds; each contestant is run with all of them.
        flags: Flags of everything: the data and the training.
        space_flags: Flags of every space.
        search_flags: Flags of every search.
        targets: `Target` values.
        contestants: `Contestant` values; others are held against the first.
        ranking: The `Ranking`, or None.
    """

    title: str
    description: str
    seeds: tuple[int, ...]
    flags: tuple[str, ...]
    space_flags: tuple[str, ...]
    search_flags: tuple[str, ...]
    targets: tuple[Target, ...]
    contestants: tuple[Contestant, ...]
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
    # No TOML, no text, or a number of more digits than Python reads.
    except ValueError as error:
        raise errors.UserError(f"{path} is not TOML: {error}") from error
    try:
        return _checked(fields.build(Protocol, values))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def only(protocol, seeds=None, contestants=None, targets=None):
    """Returns a protocol with less to run; None leaves a part whole.

    Without the target of its ranking it has no ranking.

    Args:
        protocol: The `Protocol`.
        seeds: Seeds, as numbers or text.
        contestants: Their ids.
        targets: Their names.

    Raises:
        UserError: If it has no such part.
    """
    kept = _chosen("target", protocol.targets, targets, lambda t: t.name)
    ranking = protocol.ranking
    if ranking and ranking.target not in [target.name for target in kept]:
        ranking = None
    return dataclasses.replace(
        protocol,
        seeds=_chosen("seed", protocol.seeds, seeds, str),
        contestants=_chosen(
            "contestant", protocol.contestants, contestants, lambda c: c.id
        ),
        targets=kept,
        ranking=ranking,
    )


def holds(protocol, row):
    """Whether a row is of a target, contestant and seed of a protocol."""
    return (
        row.target in [target.name for target in protocol.targets]
        and row.contestant in protocol.labels
        and row.seed in protocol.seeds
    )


def _chosen(what, parts, names, name_of):
    if names is None:
        return parts
    known = {name_of(part): part for part in parts}
    for name in names:
        if str(name) not in known:
            raise errors.unknown_name(what, str(name), known)
    return tuple(known[str(name)] for name in names)


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
    for target in protocol.targets:
        _check_budgets(target)
    for contestant in protocol.contestants:
        _check_contestant(contestant)
    if protocol.ranking is not None:
        _check_ranking(protocol.ranking, protocol.targets)
    return protocol


def _check_budgets(target):
    if not target.budgets or min(target.budgets) <= 0:
        raise errors.UserError(
            f"Expected budgets of {target.name}, all above 0. "
            f"Received: {list(target.budgets)}"
        )


def _check_contestant(contestant):
    if contestant.id in derivation.DERIVED:
        raise errors.UserError(
            f"Expected another id than {contestant.id}, which reports derive "
            "from other contestants. Rename it."
        )
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


def _check_ranking(ranking, targets):
    budgets = {target.name: len(target.budgets) for target in targets}
    if ranking.target not in budgets:
        raise errors.unknown_name("target", ranking.target, budgets)
    most = budgets[ranking.target]
    if not 1 <= ranking.level <= most:
        raise errors.UserError(
            f"Expected a level of the ranking from 1 to {most}, the number of "
            f"budgets of {ranking.target}. Received: {ranking.level}"
        )
    if ranking.count < _LEAST_RANKED:
        raise errors.UserError(
            f"Expected at least {_LEAST_RANKED} networks as count of the "
            f"ranking. Received: {ranking.count}"
        )
