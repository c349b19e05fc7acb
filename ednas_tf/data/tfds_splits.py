"""Which records of prepared TFDS datasets train, and which test."""

import dataclasses
import itertools
from typing import Any

import tensorflow_datasets as tfds

from ednas_tf import errors

TRAIN = "train"
_TESTS = ("test", "validation")


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared:
    """A dataset on the disk.

    Attributes:
        name: Its name in TFDS.
        builder: Its TFDS builder.
        layout: The `tfds_features.Layout` of its records.
    """

    name: str
    builder: Any
    layout: Any


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """Records of one split, from `start` to before `end`.

    Attributes:
        whose: The `Prepared` dataset.
        split: Name of the split.
        start: Place of the first record in the split.
        end: Place after the last one.
        first_id: Place of the first record among all that are asked for.
    """

    whose: Prepared
    split: str
    start: int
    end: int
    first_id: int = 0

    def __len__(self):
        return self.end - self.start

    def __str__(self):
        return f"the split '{self.split}' of '{self.whose.name}'"

    @property
    def instruction(self):
        """What TFDS is asked for."""
        return tfds.core.ReadInstruction(
            self.split, from_=self.start, to=self.end, unit="abs"
        )

    def first(self, count):
        """Returns the part that ends after so many records."""
        end = min(self.end, self.start + count)
        return dataclasses.replace(self, end=end)


def training(datasets, spec):
    """Returns the parts to train on, of one dataset after the other.

    Args:
        datasets: List of `Prepared`.
        spec: The `DataSpec`, whose `train_split` each of them must have.
    """
    text = TRAIN if spec.train_split is None else spec.train_split
    parts = [_parts(whose, text, "train_split") for whose in datasets]
    parts = list(itertools.chain(*parts))
    _check_apart(parts)
    return parts


def testing(whose, train, spec, has_labels):
    """Returns the parts to test on; none if a share of training is held out.

    Args:
        whose: The `Prepared` dataset that tests.
        train: The parts to train on.
        spec: The `DataSpec`. Without a `test_split` it is `test`, or else
            `validation`, if it has labels and nothing of it is trained on.
        has_labels: Function of a `Part`.
    """
    if spec.test_split is not None:
        parts = _parts(whose, spec.test_split, "test_split")
        _check_apart([*train, *parts])
        return parts
    taken = {_place(part) for part in train}
    for name in _TESTS:
        if name in whose.builder.info.splits:
            part = _whole(whose, name)
            if len(part) and _place(part) not in taken and has_labels(part):
                return [part]
    return []


def numbered(parts):
    """Returns the parts with ids that count on from part to part."""
    ends = itertools.accumulate((len(part) for part in parts), initial=0)
    return [
        dataclasses.replace(part, first_id=first)
        for part, first in zip(parts, ends, strict=False)
    ]


def capped(parts, limit):
    """Returns parts of at most so many records, each cut by the same share.

    TFDS shuffles records when it prepares a dataset, so the first ones of a
    split stand for all of it; those of one split do not stand for another.

    Args:
        parts: List of `Part`.
        limit: Largest number of records in all, or None.
    """
    total = sum(len(part) for part in parts)
    if limit is None or total <= limit:
        return parts
    ends = itertools.accumulate(len(part) for part in parts)
    ends = [0, *(end * limit // total for end in ends)]
    counts = [end - start for start, end in itertools.pairwise(ends)]
    chosen = zip(parts, counts, strict=True)
    return [part.first(count) for part, count in chosen if count]


def _parts(whose, text, flag):
    """Returns the parts that a flag's value in TFDS's own syntax names."""
    splits = whose.builder.info.splits
    try:
        found = tfds.core.ReadInstruction.from_spec(text).to_absolute(splits)
    except (NotImplementedError, TypeError, ValueError):
        found = []
    parts = []
    for part in found:
        size = splits[part.splitname].num_examples
        end = size if part.to is None else part.to
        parts.append(Part(whose, part.splitname, part.from_ or 0, end))
    if not parts or min(part.end - part.start for part in parts) < 1:
        known = ", ".join(f"{n} ({s.num_examples})" for n, s in splits.items())
        raise errors.UserError(
            f"Expected examples in the split '{text}' of '{whose.name}'. "
            f"Received: {known or 'none'}. Name others with --{flag}, as in "
            "train+validation or train[:50%]."
        )
    return parts


def _whole(whose, split):
    return Part(whose, split, 0, whose.builder.info.splits[split].num_examples)


def _place(part):
    """Returns what two parts of the same split share."""
    return str(part.whose.builder.data_dir), part.split


def _check_apart(parts):
    """Raises `UserError` if a record is in two of the parts."""
    for one, two in itertools.combinations(parts, 2):
        start, end = max(one.start, two.start), min(one.end, two.end)
        if _place(one) == _place(two) and start < end:
            raise errors.UserError(
                f"Expected each example once in --train_split and "
                f"--test_split. Received: {end - start} examples of {one} "
                "twice. Remove the split from one of them."
            )
