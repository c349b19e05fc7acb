"""Made-up rows of a comparison, as large as a real one or smaller."""

import random

from tools.comparison import rows, summary

LABELS = {
    "two_paths": "E-DNAS: two paths, feedback",
    "no_feedback": "E-DNAS: two paths, no feedback",
    "one_path": "E-DNAS: one path",
    "branches": "DARTS: a branch for each candidate",
    "random": "random, mean of 8",
    "dw3": "all 3x3, as wide as fits",
    "dw5": "all 5x5, as wide as fits",
    "dw7": "all 7x7, as wide as fits",
    "joint": "E-DNAS: kernels and channels",
}
_BUDGETS = {"tda2": (1385.0, 2410.0, 5120.0), "host": (180.0, 320.0, 610.0)}
_GAINS = dict(
    zip(LABELS, (1.5, 1.4, 1.2, 1.0, 0, -0.5, 0.6, 0.8, 2), strict=True)
)


def protocol(**values):
    """Returns a summary of the protocol, with other values where given."""
    known = {
        "labels": LABELS,
        "fixed": ("dw3", "dw5", "dw7"),
        "reference": "two_paths",
        "title": "Ways to find a network",
        "description": "CIFAR-10, the same training for all.",
        "command": "python tools/compare.py --protocol=cifar10.toml",
    }
    return summary.ProtocolSummary(**known | values)


def row(contestant="two_paths", accuracy=0.7, seed=0, **values):
    """Returns a row; only what a test is about need be given."""
    known = {
        "target": "tda2",
        "budget_us": 1385.0,
        "level": 1,
        "accuracy": accuracy,
        "accuracy_int8": accuracy,
    }
    return rows.Row(contestant=contestant, seed=seed, **known | values)


def full(seeds=3):
    """Returns the rows of a comparison of two targets and three budgets."""
    draw = random.Random(7)
    return [
        _made_up(draw, target, level, contestant, seed, member)
        for target, budgets in _BUDGETS.items()
        for level in range(1, len(budgets) + 1)
        for contestant in LABELS
        for seed in range(seeds)
        for member in range(8 if contestant == "random" else 1)
    ]


def _made_up(draw, target, level, contestant, seed, member):
    budget = _BUDGETS[target][level - 1]
    percent = 66 + 4 * level + _GAINS[contestant] + draw.gauss(0, 0.5)
    searched = contestant not in ("random", "dw3", "dw5", "dw7")
    spent = budget * draw.uniform(0.9, 1.01)
    return row(
        contestant,
        percent / 100,
        seed,
        accuracy_int8=(percent - 0.4) / 100,
        validation=(percent + 0.1) / 100,
        target=target,
        level=level,
        budget_us=budget,
        member=member,
        operations="dw3 dw5 dw7 dw3 dw5",
        width=0.5,
        channels="16 32 64" if contestant == "joint" else "",
        latency_us=spent,
        file_us=spent * 1.001,
        measured_us=spent * 1.02 if target == "host" else None,
        search_cpu_s=draw.uniform(300, 500) if searched else None,
        train_cpu_s=draw.uniform(900, 1300),
        macs=12_345_678,
        params=98_765,
    )
