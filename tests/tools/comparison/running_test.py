"""Tests of `tools/comparison/running.py`."""

import contextlib
import dataclasses
from concurrent import futures

import pytest

from ednas_tf import errors
from tools.comparison import protocol, running

_ARCHITECTURE = {"is": "a network"}


class _Jobs:
    """Answers jobs by hand, and remembers them."""

    def __init__(self, **answers):
        self.asked = []
        self.answers = {
            "price": {"smallest_us": 100.0, "largest_us": 300.0},
            "search": _found("dw5 dw3", 120.0, cpu_s=7.0),
            "draw": {"found": [_found("dw3 dw3", 101.0)] * 2},
            "widest": _found("dw7 dw7", 124.0),
            "train": {
                "accuracy": 0.7,
                "accuracy_int8": 0.69,
                "validation": 0.71,
                "code": "b",
                "cpu_s": 9.0,
                "macs": 5,
                "params": 6,
                "folder": "jobs/train",
            },
            "count": {"latency_us": 119.0},
            "time": {"measured_us": [88.0]},
            **answers,
        }

    def run(self, kind, **values):
        self.asked.append((kind, values))
        answer = self.answers[kind]
        if isinstance(answer, errors.UserError):
            raise answer
        return answer

    @contextlib.contextmanager
    def threads(self, count):
        with futures.ThreadPoolExecutor(count) as pool:
            yield pool


def _found(operations, latency_us, **more):
    return {
        "architecture": _ARCHITECTURE,
        "operations": operations,
        "channels": "",
        "latency_us": latency_us,
        **more,
    }


@pytest.fixture
def made():
    target = protocol.Target(
        "here", ("--target=host",), 0.5, (1.25,), measured=True
    )
    contestants = (
        protocol.Contestant("searched", "S", "search", ("--paths=1",), 1.5),
        protocol.Contestant("random", "R", "random", members=2),
        protocol.Contestant("dw7", "7", "fixed", operation="dw7"),
    )
    return protocol.Protocol(
        "t",
        "d",
        (4,),
        ("--all",),
        ("--space=tiny",),
        ("--searches",),
        (target,),
        contestants,
    )


def _run(comparison):
    found = {}
    units = comparison.units(comparison.levels())
    comparison.run(units, 2, found.__setitem__)
    return {(u.contestant.id, u.member): row for u, row in found.items()}


def test_budget_is_relative_to_the_fastest_network(made):
    (level,) = running.Comparison(made, _Jobs()).levels()
    assert (level.budget_us, level.number) == (125.0, 1)


def test_further_draws_come_last(made):
    comparison = running.Comparison(made, _Jobs())
    units = comparison.units(comparison.levels())
    assert [unit.member for unit in units] == [0, 0, 0, 1]


def test_every_contestant_and_draw_has_a_row(made):
    found = _run(running.Comparison(made, _Jobs()))
    assert sorted(found) == [
        ("dw7", 0),
        ("random", 0),
        ("random", 1),
        ("searched", 0),
    ]
    row = found["searched", 0]
    assert (row.operations, row.search_cpu_s) == ("dw5 dw3", 7.0)
    assert (row.latency_us, row.file_us, row.seed) == (120.0, 119.0, 4)
    assert (row.accuracy, row.accuracy_int8) == (0.7, 0.69)
    assert row.validation == 0.71
    assert found["searched", 0].width == 0.75
    assert found["dw7", 0].width is None
    assert found["random", 0].search_cpu_s is None


def test_search_has_the_flags_of_its_contestant_and_all(made):
    jobs = _Jobs()
    _run(running.Comparison(made, jobs, ["--data_dir=x"]))
    asked = next(values for kind, values in jobs.asked if kind == "search")
    assert asked["given"] == [
        "--all",
        "--data_dir=x",
        "--target=host",
        "--space=tiny",
        "--width=0.75",
        "--searches",
        "--paths=1",
        "--seed=4",
    ]
    assert asked["budget_us"] == 125.0


def test_training_does_not_know_who_found_the_network(made):
    jobs = _Jobs()
    _run(running.Comparison(made, jobs))
    trained = [values for kind, values in jobs.asked if kind == "train"]
    assert all(values == trained[0] for values in trained)


def test_unit_that_fails_leaves_the_others(made):
    jobs = _Jobs(search=errors.UserError("Training diverged."))
    found = _run(running.Comparison(made, jobs))
    assert isinstance(found.pop(("searched", 0)), errors.UserError)
    assert len(found) == 3


def test_files_are_timed_where_the_target_is_this_machine(made):
    comparison = running.Comparison(made, _Jobs())
    units = comparison.units(comparison.levels())
    found = {}
    comparison.run(units, 1, found.__setitem__)
    timed = comparison.timed(list(found.items()))
    assert {row.measured_us for row in timed} == {88.0}


def test_operators_are_measured_before_anything_else(made):
    jobs = _Jobs()
    comparison = running.Comparison(made, jobs)
    comparison.prepare(comparison.units(comparison.levels()))
    kinds = {kind for kind, _ in jobs.asked}
    assert kinds == {"price", "draw", "widest"}


def test_a_search_of_channels_has_a_wider_space(made):
    comparison = running.Comparison(made, _Jobs())
    (level,) = comparison.levels()
    given = ["--all", "--target=host", "--space=tiny"]
    assert comparison.space(level) == [*given, "--width=0.5"]
    assert comparison.space(level, wider=1.5) == [*given, "--width=0.75"]


def test_what_has_a_row_is_not_made_again(made):
    first = running.Comparison(made, _Jobs())
    units = first.units(first.levels())
    found = {}
    first.run(units, 1, found.__setitem__)
    known = first.timed(list(found.items()))
    jobs = _Jobs()
    second = running.Comparison(made, jobs, known=known[1:])
    again = {}
    second.prepare(units)
    second.run(units, 1, again.__setitem__)
    assert second.timed([(u, again[u]) for u in found]) == known
    assert [kind for kind, _ in jobs.asked].count("count") == 1
    assert second.alone(units[1])["accuracy"] == 0.7


def test_a_row_of_another_budget_is_refused(made):
    first = running.Comparison(made, _Jobs())
    (unit, *_) = first.units(first.levels())
    found = {}
    first.run([unit], 1, found.__setitem__)
    other = dataclasses.replace(found[unit], budget_us=99.0)
    comparison = running.Comparison(made, _Jobs(), known=[other])
    with pytest.raises(errors.UserError, match="a budget of 125.0 us"):
        comparison.prepare([unit])
