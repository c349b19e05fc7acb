"""The house keeps its floors: who may import whom."""

import ast
import pathlib
import subprocess
import sys

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
_COMMANDS = {"search", "train", "export", "evaluate", "report", "lut", "sweep"}
_FLOORS = (
    {"errors", "tasks"},
    {"untrusted"},
    {"extras", "interruption", "spaces", "runs", "versions"},
    {"data", "detection", "layers", "hardware"},
    {"networks", "criteria"},
    {"searchers", "training", "callbacks"},
    {"exporting", "evaluation"},
    {"reporting", "measuring"},
    {"stages"},
    {"config", "__main__"} | _COMMANDS,
)
_RANKS = {name: rank for rank, names in enumerate(_FLOORS) for name in names}
_NEIGHBOURS = {("callbacks", "searchers")}
_OLD_KERAS = "ednas_tf/exporting/optimization/legacy.py"
_FILES = sorted((_ROOT / "ednas_tf").rglob("*.py"))


def part_of(path):
    """Room that a file lives in: a package or module below `ednas_tf`."""
    first = path.relative_to(_ROOT / "ednas_tf").parts[0]
    return first.removesuffix(".py")


def imported(path):
    """Yields the full name of everything that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms(path):
    """Returns the parts of the package that a file imports."""
    names = [name.split(".") for name in imported(path)]
    ours = [name[1] for name in names if name[0] == "ednas_tf"]
    return {name for name in ours if name != "__version__"}


def ids(path):
    return str(path.relative_to(_ROOT))


@pytest.mark.parametrize("path", _FILES, ids=ids)
def test_imports_come_from_lower_floors(path):
    here = part_of(path)
    if here == "__init__":
        assert not list(imported(path))
        return
    for room in rooms(path) - {here}:
        lower = _RANKS[room] < _RANKS[here]
        top = here in {*_COMMANDS, "__main__"} and room == "config"
        assert lower or top or (here, room) in _NEIGHBOURS, room


@pytest.mark.parametrize("path", _FILES, ids=ids)
def test_nobody_imports_a_command(path):
    assert not rooms(path) & _COMMANDS


@pytest.mark.parametrize("path", _FILES, ids=ids)
def test_only_commands_and_config_know_flags(path):
    if part_of(path) not in _COMMANDS | {"config"}:
        names = set(imported(path))
        assert not {
            n for n in names if n.startswith(("absl.flags", "absl.app"))
        }


@pytest.mark.parametrize("path", _FILES, ids=ids)
def test_tf_keras_belongs_to_one_file(path):
    names = {name.split(".")[0] for name in imported(path)}
    old = names & {"tf_keras", "tensorflow_model_optimization"}
    assert not old or ids(path) == _OLD_KERAS


@pytest.mark.parametrize("path", _FILES, ids=ids)
def test_keras_is_never_reached_through_tensorflow(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "keras":
            assert ast.unparse(node) != "tf.keras"
    assert not [n for n in imported(path) if n.startswith("tensorflow.keras")]


@pytest.mark.parametrize(
    "module",
    ["ednas_tf", "ednas_tf.spaces", "ednas_tf.runs", "ednas_tf.config"],
)
def test_import_does_not_load_tensorflow(module):
    code = (
        f"import {module}, sys; "
        "sys.exit(bool({'tensorflow', 'keras', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_a_command_does_not_load_tensorflow_before_it_runs(command):
    if not (_ROOT / "ednas_tf" / f"{command}.py").exists():
        pytest.skip("the command is not there yet")
    code = (
        f"import ednas_tf.{command}, sys; "
        "sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, check=False)
    assert done.returncode == 0
