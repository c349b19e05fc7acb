"""What points differ in, and what their names say of it."""

import pytest
from absl import flags

from ednas_tf import config
from ednas_tf.config import launch
from ednas_tf.stages import axes

_KNOWN = {axis.flag: axis for axis in axes.AXES}


def _config(*given):
    flags.FLAGS.unparse_flags()
    launch.parse(["sweep", *given])
    return config.from_flags()


@pytest.mark.parametrize(
    ("flag", "value", "expected"),
    [
        ("memory_budget_kib", (75.0, "%"), "memory_75pct"),
        ("memory_budget_kib", (24.5, "kib"), "memory_24.5kib"),
        ("latency_budget_us", 16500.0, "latency_16500us"),
        ("energy_budget_uj", 1e-5, "energy_1e-05uj"),
        ("energy_weight", 0.1, "energy_weight_0.1"),
        ("macs_weight", 0.1 + 0.2, "macs_weight_0.30000000000000004"),
    ],
)
def test_names_have_flag_number_and_unit(flag, value, expected):
    assert _KNOWN[flag].told(value) == expected


def test_a_list_wins_over_the_flag_of_one_run():
    shared = _config("--energy_weight=3", "--energy_weights=0,1")
    assert _KNOWN["energy_weight"].values(shared) == (0, 1)


def test_without_a_list_the_flag_of_one_run_holds():
    shared = _config("--memory_budget_kib=24.5", "--latency_weight=2")
    assert _KNOWN["memory_budget_kib"].values(shared) == ((24.5, "kib"),)
    assert _KNOWN["latency_weight"].values(shared) == (2,)
    assert _KNOWN["latency_budget_us"].values(shared) == (None,)


def test_costs_are_those_that_a_point_has_a_number_for():
    shared = _config("--energy_weights=0,1", "--memory_budgets_kib=5")
    assert axes.costs(shared) == {"energy_uj", "memory_bytes"}
