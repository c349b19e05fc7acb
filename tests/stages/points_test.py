"""From lists of numbers to run folders and their flags."""

import pathlib

import pytest
from absl import flags

from ednas_tf import config, errors
from ednas_tf.config import launch
from ednas_tf.stages import points


def _config(*given):
    flags.FLAGS.unparse_flags()
    launch.parse(["sweep", *given])
    return config.from_flags()


def _grid(*given, largest=2048):
    return points.grid(_config(*given), "sweep", largest)


def _flags(point, tmp_path):
    """Returns the `Config` that the search of a point has."""
    file = tmp_path / "point.flags"
    file.write_text(point.flag_lines)
    return _config(f"--flagfile={file}")


def test_grid_is_the_product_of_the_lists():
    found = _grid("--memory_budgets_kib=50%,1.5", "--energy_weights=0,0.1")
    assert [point.name for point in found] == [
        "memory_50pct",
        "memory_50pct-energy_weight_0.1",
        "memory_1.5kib",
        "memory_1.5kib-energy_weight_0.1",
    ]


def test_percent_is_of_the_largest_network():
    (point,) = _grid("--memory_budgets_kib=75%", largest=4096)
    assert point.values["memory_budget_kib"] == 3
    assert point.values["memory_percent"] == 75


def test_a_point_searches_with_its_numbers_and_the_shared_flags(tmp_path):
    given = ("--energy_weights=0.25", "--latency_budgets_us=900")
    (point,) = _grid(*given, "--memory_weight=2", "--seed=4", "--nofeedback")
    found = _flags(point, tmp_path)
    assert found.cost.wanted == {
        "latency_us": (0, 900),
        "energy_uj": (0.25, None),
        "memory_bytes": (2, None),
    }
    assert (found.run.seed, found.search.feedback) == (4, False)
    assert found.run.through == "evaluate"
    assert found.run.workdir == str(pathlib.Path(point.folder))


def test_flags_of_the_sweep_are_not_for_its_points(tmp_path):
    (point,) = _grid("--energy_weights=1", "--jobs=2", "--noreference")
    sweep = _flags(point, tmp_path).sweep
    assert sweep == _config().sweep


def test_budgets_of_one_run_hold_for_all_points(tmp_path):
    (point,) = _grid(
        "--memory_budget_kib=1.5", "--ram_budget_kib=4", "--macs_weights=0.5"
    )
    assert point.name == "memory_1.5kib-macs_weight_0.5"
    wanted = _flags(point, tmp_path).cost.wanted
    assert wanted["memory_bytes"] == (0, 1536)
    assert wanted["peak_ram_bytes"] == (0, 4096)


def test_a_point_that_asks_for_nothing_has_a_name_too():
    assert [point.name for point in _grid("--macs_weights=0")] == ["free"]


def test_no_list_is_a_mistake():
    with pytest.raises(errors.UserError, match="--memory_budgets_kib"):
        _grid("--energy_weight=1")


def test_reference_trains_the_largest_network_for_all_epochs(tmp_path):
    given = ("--search_epochs=7", "--train_epochs=5", "--energy_weight=1")
    shared = _config(*given, "--ram_budget_kib=4", "--operations=dw3,dw7,dw5")
    found = _flags(points.reference(shared, "sweep", True), tmp_path)
    assert found.cost.wanted == {}
    assert found.train.train_epochs == 12
    assert found.space.operations == ("dw7",)
    assert found.space.search_channels is False


def test_warmup_is_shared_by_all_points_but_not_the_reference(tmp_path):
    shared = _config("--macs_weights=1", "--macs_budget=5")
    warmup = points.warmup(shared, tmp_path)
    (point,) = points.grid(shared, tmp_path, 2048, warmup)
    found = _flags(point, tmp_path)
    assert found.search.warmup_from == str(tmp_path / "warmup")
    assert _flags(warmup, tmp_path).run.through == "warmup"
    assert _flags(warmup, tmp_path).cost.wanted == {}
    reference = points.reference(shared, tmp_path, False)
    assert _flags(reference, tmp_path).search.warmup_from is None


def test_more_values_leave_what_the_points_share_as_it_is():
    before = points.base(_config("--energy_weights=1"))
    after = points.base(_config("--energy_weights=1,2", "--jobs=2"))
    assert before == after
    assert before != points.base(_config("--energy_weights=1", "--seed=2"))
