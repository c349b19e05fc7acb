"""What tells runs apart: flags, and seeds alone."""

from ednas_tf.reporting.comparison import settings
from tests.reporting import made_runs


def _with(seed=0, **flags):
    return made_runs.record(config=made_runs.config(seed, **flags))


def test_only_flags_that_differ_are_named():
    known = [_with(epochs=2, width=1.0), _with(epochs=3, width=1.0)]
    assert settings.differing(known) == ["epochs"]


def test_stage_that_was_not_reached_differs_in_nothing():
    whole = made_runs.config(train_epochs=5)
    searched = made_runs.record(config={"search": made_runs.config()["search"]})
    known = [searched, made_runs.record(config=whole)]
    assert settings.differing(known) == []


def test_flag_with_another_value_in_a_later_stage_is_told_apart():
    one = made_runs.config(target="tda2")
    two = made_runs.config(target="tda2")
    two["evaluate"]["target"] = "host"
    known = [made_runs.record(config=one), made_runs.record(config=two)]
    assert settings.differing(known) == ["target (evaluate)"]
    told = [settings.value(r, "target (evaluate)") for r in known]
    assert told == ["tda2", "host"]


def test_hash_of_the_network_is_no_flag():
    known = [_with(architecture="ab"), _with(architecture="cd")]
    assert settings.differing(known) == []


def test_runs_are_grouped_by_seed_alone_in_the_order_of_seeds():
    known = [_with(2), _with(0, epochs=1), _with(1), _with(5, epochs=1)]
    assert settings.by_seed(known) == [[2, 0], [1, 3]]


def test_single_run_of_a_setting_is_no_group():
    assert settings.by_seed([_with(0), _with(1, epochs=1)]) == []


def test_run_without_all_stages_is_not_grouped_with_whole_ones():
    half = {"search": made_runs.config(1)["search"]}
    known = [_with(0), made_runs.record(config=half)]
    assert settings.by_seed(known) == []
