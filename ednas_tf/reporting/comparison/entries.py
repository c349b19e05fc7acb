"""Several runs side by side: what differs, what it came to, how it spreads."""

import dataclasses
import functools

from ednas_tf.reporting import fronts
from ednas_tf.reporting.comparison import choices, figures, settings
from ednas_tf.reporting.records import Record
from ednas_tf.reporting.rows import REFERENCE

_OF_THE_DATA = ("dataset", "task", "test_split")
"""Flags that must agree, or accuracies are of different questions."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A run of a comparison.

    Attributes:
        number: What it is called in the drawings, from 1 on.
        record: Its `Record`.
        label: A name that no other run of the comparison has.
        figures: Its figures by name, see `figures.NAMES`.
        met: Whether its budgets are met, None without budgets.
        network: The operations of its network in a few words.
    """

    number: int
    record: Record
    label: str
    figures: dict
    met: bool | None
    network: str

    @property
    def is_reference(self):
        """Whether it is the network as it was before a sweep cut it."""
        return self.record.sweep is not None and self.record.name == REFERENCE

    @property
    def counts(self):
        """Whether it competes: within its budgets, and no reference."""
        return self.met is not False and not self.is_reference


@dataclasses.dataclass(frozen=True)
class Group:
    """Runs that differ by their seed alone.

    Attributes:
        name: A letter that the page calls it by.
        entries: The `Entry` of each run, in the order of their seeds.
        settings: What sets it apart from the other runs, flag by flag.
        spreads: The `Spread` of each figure by name.
        operations: By slot, how many runs chose each operation.
        channels: By group of channels, the `Spread` of those that stay.
    """

    name: str
    entries: tuple
    settings: dict
    spreads: dict
    operations: dict
    channels: dict


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Several runs side by side.

    Attributes:
        entries: The `Entry` of each run.
        flags: Names of the flags that differ.
        figures: Names of the figures that any run has.
        groups: The `Group` of each setting that several seeds have.
        quality, cost: Names of the figures that are drawn, or None.
    """

    entries: tuple
    flags: tuple
    figures: tuple
    groups: tuple
    quality: str | None
    cost: str | None

    @functools.cached_property
    def comparable(self):
        """Whether all accuracies are of the same test examples."""
        return not {*_OF_THE_DATA} & {*self.flags}

    @functools.cached_property
    def drawn(self):
        """The entries that have both figures of the drawing."""
        return [
            entry
            for entry in self.entries
            if None not in (self.of(entry, self.cost), self.quality_of(entry))
        ]

    @functools.cached_property
    def front(self):
        """The entries that no other one dominates, the cheapest first.

        Those over a budget do not count, nor does the reference of a sweep.
        """
        if not self.comparable:
            return []
        counted = [entry for entry in self.drawn if entry.counts]
        pairs = [(self.of(e, self.cost), self.quality_of(e)) for e in counted]
        return [counted[place] for place in fronts.front(pairs)]

    @property
    def best(self):
        """The most accurate entry that counts, None if there is none."""
        return self.front[-1] if self.front else None

    def of(self, entry, name):
        """Returns a figure of an entry, None without it."""
        return entry.figures.get(name)

    def quality_of(self, entry):
        """Returns how good an entry is by the figure that is drawn."""
        return self.of(entry, self.quality)


def compare(records):
    """Returns the `Comparison` of some runs.

    Args:
        records: The `Record` of each, in the order to show them in.
    """
    entries = tuple(
        Entry(
            number=place + 1,
            record=record,
            label=label,
            figures=figures.of(record),
            met=figures.met(record),
            network=choices.told(record.architecture),
        )
        for place, (record, label) in enumerate(
            zip(records, _labels(records), strict=True)
        )
    )
    quality, cost = figures.axes(records)
    # The reference of a sweep is run in a way of its own by design.
    searched = [e.record for e in entries if not e.is_reference]
    flags = tuple(settings.differing(searched or records))
    return Comparison(
        entries=entries,
        flags=flags,
        figures=tuple(figures.known(records)),
        groups=tuple(_groups(entries, flags)),
        quality=quality,
        cost=cost,
    )


def _labels(records):
    """Returns names, with as many folders before them as tell them apart."""
    parts = [record.folder.resolve().parts for record in records]
    count = 1
    while count < max(map(len, parts)):
        names = ["/".join(each[-count:]) for each in parts]
        if len({*names}) == len({*parts}):
            return names
        count += 1
    return ["/".join(each) for each in parts]


def _groups(entries, flags):
    records = [entry.record for entry in entries]
    for place, members in enumerate(settings.by_seed(records)):
        group = tuple(entries[member] for member in members)
        yield _group(_letters(place), group, flags)


def _letters(place):
    """Returns A to Z, then AA, AB and so on."""
    before, last = divmod(place, 26)
    letter = chr(ord("A") + last)
    return letter if not before else _letters(before - 1) + letter


def _group(name, entries, flags):
    first = entries[0].record
    networks = [entry.record.architecture for entry in entries]
    return Group(
        name=name,
        entries=entries,
        settings={
            flag: settings.value(first, flag)
            for flag in flags
            if flag != settings.SEED
        },
        spreads={
            figure: figures.spread([e.figures[figure] for e in entries])
            for figure in figures.NAMES
        },
        operations=choices.operations(networks, _offered(entries)),
        channels={
            group: figures.spread(kept)
            for group, kept in choices.channels(networks).items()
        },
    )


def _offered(entries):
    """Returns the operations that searches weighed."""
    return {
        row["operation"] for entry in entries for row in entry.record.alphas
    }
