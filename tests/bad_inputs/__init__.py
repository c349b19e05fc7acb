"""Bad inputs over every flag and every file, generated from a seed."""

import random

from tests.bad_inputs import combinations, file_cases, flag_cases

__all__ = ["all_cases", "chosen"]


def all_cases(seed=0):
    """Returns every `Case`, with what is drawn in them drawn anew by seed."""
    draw = random.Random(seed)
    return [
        *flag_cases.cases(draw),
        *combinations.cases(),
        *file_cases.cases(draw),
    ]


def chosen(count, seed=0):
    """Returns so many of the cases that every flag and file has its turn.

    Args:
        count: How many; all if there are not so many.
        seed: What they are drawn with.
    """
    draw = random.Random(seed)
    by_subject = {}
    for case in all_cases(seed):
        by_subject.setdefault(case.subject, []).append(case)
    groups = [draw.sample(group, len(group)) for group in by_subject.values()]
    draw.shuffle(groups)
    longest = max(map(len, groups))
    turns = (g[n] for n in range(longest) for g in groups if n < len(g))
    return [case for case, _ in zip(turns, range(count), strict=False)]
