"""Tests of `tools/comparison/ranking.py`."""

import contextlib
import dataclasses
from concurrent import futures

import numpy as np
import pytest
from scipy import stats

from ednas_tf import errors
from tools.comparison import protocol, ranking, report, running

_NETWORKS = ("dw3 dw3", "dw3 dw5", "dw5 dw5", "skip dw3")


def _ranked(alone, variant="plain", **measures):
    rows = []
    for place, accuracy in enumerate(alone):
        found = {name: values[place] for name, values in measures.items()}
        others = dict.fromkeys(ranking.MEASURES, float(place))
        rows.append(
            ranking.Ranked(
                variant,
                _NETWORKS[place],
                accuracy,
                latency_us=1.0 + place,
                macs=9 - place,
                **{**others, **found},
            )
        )
    return rows


def test_correlation_is_one_where_the_order_is_the_same():
    rows = _ranked(
        [0.1, 0.2, 0.3], accuracy=[0.5, 0.6, 0.9], loss=[3.0, 2.0, 1.0]
    )
    found = ranking.correlations(rows)["plain"]
    assert found["accuracy"][0] == pytest.approx(1.0)
    assert found["loss"][0] == pytest.approx(1.0)


def test_correlation_is_of_ranks():
    # Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15).
    rows = _ranked([0.1, 0.2, 0.3, 0.4], accuracy=[0.2, 0.1, 0.9, 0.3])
    found = ranking.correlations(rows)["plain"]
    assert found["accuracy"][0] == pytest.approx(0.6)


def test_networks_are_ranked_by_their_size_too():
    found = ranking.by_size(_ranked([0.1, 0.2, 0.3]))
    assert found["latency_us"][0] == pytest.approx(1.0)
    assert found["macs"][0] == pytest.approx(-1.0)


def test_the_interval_has_the_width_that_theory_says():
    # Fisher: tanh(artanh(r) +- 1.96 * sqrt(1.06 / (n - 3))), of ranks.
    draw = np.random.default_rng(3)
    one = draw.normal(size=400)
    other = one + draw.normal(size=400)
    told = stats.spearmanr(one, other).statistic
    half = 1.96 * (1.06 / 397) ** 0.5
    expected = np.tanh(np.arctanh(told) + np.array([-half, half]))
    assert ranking.interval(one, other) == pytest.approx(expected, abs=0.02)


def test_each_variant_has_its_own():
    rows = [
        *_ranked([0.1, 0.2, 0.3], "one", accuracy=[1.0, 2.0, 3.0]),
        *_ranked([0.1, 0.2, 0.3], "other", accuracy=[3.0, 2.0, 1.0]),
    ]
    found = ranking.correlations(rows)
    assert found["one"]["accuracy"][0] == -found["other"]["accuracy"][0] == 1.0


def test_two_networks_have_no_ranks():
    with pytest.raises(errors.UserError, match="at least 3 networks"):
        ranking.correlations(_ranked([0.1, 0.2]))


def test_table_has_a_row_per_variant():
    rows = _ranked([0.1, 0.2, 0.3], accuracy=[1.0, 2.0, 3.0])
    lines = report.ranking_table(rows).splitlines()
    assert lines[0].count("|") == lines[2].count("|") == 6
    assert lines[2].startswith("| plain | 1.00 (")
    assert "3 random networks" in lines[-1]


class _Jobs:
    """Answers by hand; a network's accuracy is its place in `_NETWORKS`."""

    def __init__(self):
        self.asked = []

    def run(self, kind, **values):
        self.asked.append((kind, values))
        return getattr(self, f"_{kind}")(values)

    @contextlib.contextmanager
    def threads(self, count):
        with futures.ThreadPoolExecutor(count) as pool:
            yield pool

    def _price(self, values):
        return {"smallest_us": 100.0}

    def _draw(self, values):
        return {
            "found": [
                {
                    "operations": name,
                    "architecture": {"name": name},
                    "latency_us": 1.0,
                }
                for name in _NETWORKS[: values["count"]]
            ]
        }

    def _train(self, values):
        place = _NETWORKS.index(values["architecture"]["name"])
        return {"accuracy": place, "macs": 10 * place}

    def _search(self, values):
        return {"folder": "jobs/search"}

    def _inherit(self, values):
        scores = [dict.fromkeys(ranking.MEASURES, 0.5)] * 4
        return {"scores": scores}


def test_too_few_random_networks_are_told():
    wanted = ranking_of("plain", members=2)
    comparison = running.Comparison(wanted, _Jobs())
    with pytest.raises(errors.UserError, match="Expected 4 random networks"):
        ranking.run(comparison, comparison.levels(), workers=1)


def test_a_network_that_was_drawn_twice_is_ranked_once():
    wanted = dataclasses.replace(ranking_of("plain", members=4), seeds=(0, 1))
    comparison = running.Comparison(wanted, _Jobs())
    ranked = ranking.run(comparison, comparison.levels(), workers=1)
    assert [each.operations for each in ranked] == list(_NETWORKS)


def test_networks_are_trained_once_and_ranked_by_each_variant():
    wanted = ranking_of("plain", "hard")
    jobs = _Jobs()
    comparison = running.Comparison(wanted, jobs)
    ranked = ranking.run(comparison, comparison.levels(), workers=2)
    kinds = [kind for kind, _ in jobs.asked]
    assert (kinds.count("train"), kinds.count("search")) == (4, 2)
    assert [each.alone for each in ranked] == [0, 1, 2, 3] * 2
    assert [each.variant for each in ranked[::4]] == ["plain", "hard"]


def ranking_of(*labels, members=4):
    """Returns a protocol that ranks four networks by a search per label."""
    target = protocol.Target("tda2", ("--target=tda2",), 0.5, (1.25,))
    contestant = protocol.Contestant("random", "R", "random", members=members)
    variants = tuple((label, (f"--sampling={label}",)) for label in labels)
    plain = protocol.Protocol(
        "t", "d", (0,), (), (), (), (target,), (contestant,)
    )
    wanted = protocol.Ranking("tda2", 1, 4, variants)
    return dataclasses.replace(plain, ranking=wanted)
