"""Values that no flag can have are refused before a command starts."""

import pytest
from absl import flags

from ednas_tf.config import launch


@pytest.fixture(autouse=True)
def _fresh_flags():
    flags.FLAGS.unparse_flags()


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("--workdir=", "--workdir"),
        ("--dataset= ", "--dataset"),
        ("--operations=", "--operations"),
        ("--operations=dw3,,dw5", "--operations"),
        ("--dataset=folder:a\nb", "--dataset"),
        ("--dataset=folder:\udcff", "--dataset"),
        ("--space=a\u2028b", "--space"),
        ("--target=" + "x" * 5000, "--target"),
        ("--latency_weight=nan", "--latency_weight"),
        ("--latency_budget_us=inf", "--latency_budget_us"),
    ],
)
def test_value_that_none_can_have_is_refused(argument, name, capsys):
    with pytest.raises(SystemExit) as stop:
        launch.parse(["search", argument])
    assert stop.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert name in told


@pytest.mark.parametrize(
    "name", ["runs/größe", "数据", "a b", "💾", "x" * 4000]
)
def test_names_of_any_language_are_taken(name):
    launch.parse(["search", f"--workdir={name}"])
    assert flags.FLAGS.workdir == name


def test_flagfile_that_is_no_text_is_told(tmp_path, capsys):
    path = tmp_path / "bad.flags"
    path.write_bytes(b"--seed=1\n\xff\xfe")
    with pytest.raises(SystemExit):
        launch.parse(["search", f"--flagfile={path}"])
    assert "--flagfile" in capsys.readouterr().err
