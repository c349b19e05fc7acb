"""Of which parts a network's cost is made while its channels are searched.

The cost of an operator depends on the channels that it reads and on those that
it makes. A layout lists these parts and the numbers of channels at which a
table tells their costs, before any table is there.
"""

import dataclasses
import functools
import itertools

import numpy as np

from ednas_tf.spaces import channels, network, operators

CONSTANT = -1
"""Place of a group that is none: these channels always stay."""

MOST_POINTS = 33
"""Of an axis; a group with more numbers of channels has costs in between."""

_MIXING = ("conv2d", "pwconv2d", "fc")


@dataclasses.dataclass(frozen=True)
class Term:
    """A part of the cost: a fixed node, or one candidate of a slot.

    Attributes:
        name: What it is, for errors.
        operators: `Operator` values with all channels.
        inputs: Place of the group that it reads, or `CONSTANT`.
        outputs: Place of the group that it makes, where that is not the number
            of channels that it reads; else `CONSTANT`.
        owner: 0 for a fixed node, else 1 + the place of the candidate among
            all candidates of all slots.
    """

    name: str
    operators: tuple
    inputs: int
    outputs: int
    owner: int = 0

    def narrowed(self, read, made):
        """Returns the operators with fewer channels.

        Args:
            read: Channels that it reads, None for all.
            made: Channels that it makes, None for all; ignored by operators
                that keep the channels that they read.
        """
        if read is None and made is None:
            return self.operators
        return tuple(_narrowed(row, read, made) for row in self.operators)


@dataclasses.dataclass(frozen=True)
class Layout:
    """The terms of a space's cost, and the grid of each.

    Attributes:
        groups: The `Group` values of the network.
        multiple: Channels that stay or go together.
        num_operations: Number of candidates of each slot.
        terms: `Term` values, fixed ones first, then the candidates.
    """

    groups: tuple
    multiple: int
    num_operations: tuple
    terms: tuple

    @classmethod
    def of(cls, space, multiple):
        """Returns the layout of a `SearchSpace` with all its channels."""
        skeleton = space.narrowed({}).skeleton
        groups = channels.groups(skeleton.nodes)
        places = {
            name: place
            for place, group in enumerate(groups)
            for name in group.members
        }
        terms = (*_fixed(skeleton, places), *_candidates(space, places))
        counts = tuple(len(slot.operations) for slot in space.slots)
        return cls(groups, multiple, counts, terms)

    def allowed(self, place):
        """Returns all numbers of channels of a group, `(None,)` of none."""
        if place == CONSTANT:
            return (None,)
        return channels.allowed(self.groups[place].size, self.multiple)

    def points(self, place):
        """Returns the numbers of channels with a cost of their own, rising."""
        return thinned(self.allowed(place))

    def grid(self, term):
        """Returns the pairs of channels of a term, in the order of a grid."""
        axes = self.points(term.inputs), self.points(term.outputs)
        return tuple(itertools.product(*axes))

    def narrowed(self):
        """Yields each term with its operators at each point of its grid."""
        for term in self.terms:
            for pair in self.grid(term):
                yield term, term.narrowed(*pair)

    def named(self, counts):
        """Returns numbers of channels, in the order of the groups, by name."""
        names = (group.name for group in self.groups)
        return dict(zip(names, map(int, counts), strict=True))

    @property
    def smallest(self):
        """The smallest numbers of channels by group."""
        places = range(len(self.groups))
        return self.named(self.allowed(place)[0] for place in places)

    @functools.cached_property
    def axes(self):
        """Points of each group, padded with infinity, and those of none last.

        Array of shape `(groups + 1, points)`.
        """
        rows = [self.points(place) for place in range(len(self.groups))]
        rows.append((1,))
        axes = np.full((len(rows), max(map(len, rows))), np.inf)
        for row, points in zip(axes, rows, strict=True):
            row[: len(points)] = points
        return axes

    @functools.cached_property
    def places(self):
        """Rows of `axes` of what each term reads and makes: `(2, terms)`."""
        pairs = [(term.inputs, term.outputs) for term in self.terms]
        return np.array(pairs).T % (len(self.groups) + 1)

    @functools.cached_property
    def lengths(self):
        """Points of both axes of each term, `(2, terms)`."""
        return np.isfinite(self.axes).sum(axis=1)[self.places]

    @functools.cached_property
    def offsets(self):
        """Where the grid of each term begins among all values, `(terms,)`."""
        return np.cumsum(np.prod(self.lengths, axis=0)) - np.prod(
            self.lengths, axis=0
        )

    @functools.cached_property
    def owners(self):
        """What each term belongs to, `(terms,)`; see `Term`."""
        return np.array([term.owner for term in self.terms])

    @property
    def size(self):
        """Values of all grids of one cost."""
        return int(np.prod(self.lengths, axis=0).sum())


def thinned(numbers):
    """Returns at most `MOST_POINTS` of rising numbers, both ends among them."""
    if len(numbers) <= MOST_POINTS:
        return tuple(numbers)
    places = np.linspace(0, len(numbers) - 1, MOST_POINTS).round().astype(int)
    return tuple(numbers[place] for place in places)


def _fixed(skeleton, places):
    shapes = network.shapes(skeleton.nodes, skeleton.input_shape)
    for node in skeleton.nodes:
        if node.kind == "slot" or node.kind in operators.FREE:
            continue
        row = operators.node_operator(node, shapes)
        made = node.name if row.op in _MIXING else None
        yield Term(
            node.name,
            (row,),
            places.get(node.inputs[0], CONSTANT),
            places.get(made, CONSTANT),
        )


def _candidates(space, places):
    skeleton = space.narrowed({}).skeleton
    shapes = network.shapes(skeleton.nodes, skeleton.input_shape)
    owner = itertools.count(1)
    nodes = network.slots(skeleton.nodes)
    for node, slot in zip(nodes, space.slots, strict=True):
        (source,) = node.inputs
        for name in slot.operations:
            yield Term(
                f"slot {slot.name}, operation {name}",
                operators.operation_operators(node, shapes[source], name),
                places.get(source, CONSTANT),
                CONSTANT,
                next(owner),
            )


def _narrowed(row, read, made):
    if row.op not in _MIXING:
        return dataclasses.replace(row, in_c=read, out_c=read)
    return dataclasses.replace(
        row,
        in_c=row.in_c if read is None else read,
        out_c=row.out_c if made is None else made,
    )
