"""Flags become frozen values, and say what each stage depends on."""

import pathlib

import pytest
from absl import flags

from ednas_tf import config
from ednas_tf.config import launch

_FLAGFILES = sorted(
    (pathlib.Path(__file__).parents[2] / "flags").glob("*.flags")
)


def _parsed(*given):
    flags.FLAGS.unparse_flags()
    launch.parse(["search", *given])
    return config.from_flags()


@pytest.mark.parametrize("path", _FLAGFILES, ids=lambda path: path.name)
def test_flagfile_parses_and_says_what_to_expect(path):
    assert path.read_text().startswith("# ")
    assert _parsed(f"--flagfile={path}").run.workdir.startswith("runs/")


def test_defaults_are_those_of_the_contract():
    values = _parsed()
    assert values.data.dataset == "digits"
    assert values.space.stem_kernel == 11
    assert values.space.operations == ("dw3", "dw5", "dw7")
    assert (values.search.paths, values.search.path_inputs) == (2, "split")
    assert values.search.weight_learning_rate == 0.65
    assert values.search.alpha_split == 0.5
    assert values.export.formats == ("saved_model", "float", "int8")
    assert values.run.through == "export"


def test_what_is_told_and_where_it_is_read_are_asked_by_flags():
    values = _parsed().data
    assert values.task == "classification"
    assert (values.train_split, values.test_split) == (None, None)
    given = ("--task=detection", "--train_split=train+validation")
    values = _parsed(*given, "--test_split=test[:50%]").data
    assert (values.task, values.test_split) == ("detection", "test[:50%]")
    assert values.train_split == "train+validation"


def test_defaults_are_known_whatever_is_given():
    plain = _parsed()
    given = _parsed("--task=detection", "--operations=dw3", "--workdir=a")
    assert given.defaults == plain.defaults
    assert plain.defaults["task"] == "classification"
    search = {k: plain.defaults[k] for k in plain.stages["search"]}
    assert search == plain.stages["search"]


def test_wanted_costs_have_weight_or_budget_in_the_unit_of_the_name():
    given = ("--latency_weight=0.5", "--memory_budget_kib=2")
    wanted = _parsed(*given).cost.wanted
    assert wanted == {"latency_us": (0.5, None), "memory_bytes": (0.0, 2048)}


def test_stage_depends_on_its_own_flags_only():
    before, after = _parsed(), _parsed("--train_epochs=3")
    assert before.stages["search"] == after.stages["search"]
    assert before.stages["train"] != after.stages["train"]


def test_place_of_run_and_data_changes_no_result():
    moved = _parsed("--workdir=a", "--data_dir=b", "--through=train")
    assert moved.stages == _parsed().stages


def test_flag_lines_give_the_same_values_again(tmp_path):
    given = ("--operations=dw3,dw5", "--nofeedback", "--latency_budget_us=9.5")
    values = _parsed(*given)
    file = tmp_path / "run.flags"
    file.write_text(values.flag_lines)
    assert _parsed(f"--flagfile={file}") == values


def test_flag_lines_are_those_of_the_same_run_with_paths_too(tmp_path):
    given = ("--lut=t.json", "--warmup_from=~/first", "--dataset=folder:photos")
    values = _parsed(*given)
    file = tmp_path / "run.flags"
    file.write_text(values.flag_lines)
    assert _parsed(f"--flagfile={file}").stages == values.stages
    warmup = values.stages["search"]["warmup_from"]
    assert warmup == str(pathlib.Path.home() / "first")
