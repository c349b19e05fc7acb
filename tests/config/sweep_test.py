"""Lists of budgets and weights: what they mean, and what is refused."""

import pytest
from absl import flags

from ednas_tf import config
from ednas_tf.config import launch


def _parsed(*given):
    flags.FLAGS.unparse_flags()
    launch.parse(["sweep", *given])
    return config.from_flags().sweep


def test_memory_budgets_are_kib_or_a_share_of_the_largest_network():
    found = _parsed("--memory_budgets_kib=75%,24.5, 6.25 %")
    assert found.memory_budgets_kib == ((75, "%"), (24.5, "kib"), (6.25, "%"))


def test_lists_that_are_not_given_are_none():
    found = _parsed("--energy_weights=0,1e-3")
    assert found.energy_weights == (0, 0.001)
    assert found.latency_weights is None
    assert found.memory_budgets_kib is None


def test_defaults_are_one_point_at_a_time_here_and_the_reference():
    found = _parsed()
    assert (found.jobs, found.executor) == (1, "local")
    assert found.reference
    assert found.share_warmup


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("--energy_weights=nan", "finite number"),
        ("--energy_weights=0,inf", "Received: inf"),
        ("--macs_weights=-1", "not negative"),
        ("--latency_weights=low", "expected a number"),
        ("--latency_weights=", "expected"),
        ("--latency_weights=1,", "expected a number"),
        ("--energy_budgets_uj=0", "above 0"),
        ("--latency_budgets_us=5,5.0", "Received: 5 and 5.0"),
        ("--memory_budgets_kib=0%", "above 0"),
        ("--memory_budgets_kib=101%", "at most 100%"),
        ("--memory_budgets_kib=50%,50.0 %", "once"),
        ("--memory_budgets_kib=nan%", "finite number"),
        ("--jobs=0", "jobs"),
        ("--executor=slurm", "executor"),
    ],
)
def test_wrong_numbers_get_one_line_and_exit_1(given, expected, capsys):
    with pytest.raises(SystemExit) as stop:
        _parsed(given)
    told = capsys.readouterr().err
    assert stop.value.code == 1
    assert told.count("\n") == 1
    assert expected in told
