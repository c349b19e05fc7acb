"""The commands as users run them: files, exit codes, one line per mistake."""

import json
import pathlib
import shutil
import subprocess
import sys
import time

import pytest
from absl import flags
from PIL import Image

from ednas_tf import callbacks, config, evaluate, export, runs, search, train
from ednas_tf.config import launch
from tests import commands
from tests.bad_inputs.cases import SMALL


@pytest.fixture
def copied(finished, tmp_path):
    return pathlib.Path(shutil.copytree(finished, tmp_path / "copied"))


def test_search_goes_on_to_the_last_stage(finished):
    for stage in runs.STAGES.values():
        expected = [n for n in stage if "16" not in n and "dynamic" not in n]
        found = [n for n in expected if (finished / n).exists()]
        assert found == [n for n in expected if n in found]
    metrics = json.loads((finished / runs.METRICS).read_text())
    assert set(metrics["artifacts"]) == {
        "model.keras",
        "saved_model",
        "model.tflite",
        "model_int8.tflite",
    }


def test_files_agree_with_keras_on_the_whole_test_split(finished):
    metrics = json.loads((finished / runs.METRICS).read_text())["artifacts"]
    for name in ("saved_model", "model.tflite"):
        assert metrics[name]["agreement"] == 1.0
        assert metrics[name]["largest_difference"] < 1e-4
    assert metrics["model.tflite"]["examples"] > 0


def test_history_has_a_row_per_epoch_with_both_paths(finished):
    rows = runs.Run(finished).read_rows(runs.HISTORY)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    first = float(rows[0]["feedback_weight1"])
    assert first + float(rows[0]["feedback_weight2"]) == pytest.approx(
        1, abs=1e-4
    )


def test_same_run_again_changes_nothing(finished):
    given = (*SMALL, f"--workdir={finished}", "--through=export")
    commands.run(search, *given)
    before = commands.snapshot(finished)
    code, printed, _ = commands.run(search, *given)
    assert code == 0
    assert "done before" in printed
    assert commands.snapshot(finished) == before


def test_other_flags_on_the_same_run_are_refused(finished):
    before = commands.snapshot(finished)
    code, _, told = commands.run(
        search, *SMALL, "--search_epochs=3", f"--workdir={finished}"
    )
    assert code == 1
    assert len(told) == 1
    assert "--search_epochs was 2, is 3" in told[0]
    assert "--overwrite" in told[0]
    assert commands.snapshot(finished) == before


def test_each_stage_has_a_command_of_its_own(finished, tmp_path):
    given = (*SMALL, f"--workdir={tmp_path}")
    file = finished / runs.ARCHITECTURE
    assert commands.run(train, *given, f"--architecture={file}")[0] == 0
    assert commands.run(export, *given, "--formats=float")[0] == 0
    (tmp_path / runs.ARCHITECTURE).write_bytes(file.read_bytes())
    assert commands.run(evaluate, *given)[0] == 0
    metrics = json.loads((tmp_path / runs.METRICS).read_text())
    assert set(metrics["artifacts"]) == {"model.keras", "model.tflite"}


def test_training_starts_from_searched_weights(copied):
    given = (*SMALL, f"--workdir={copied}", "--init=searched")
    code, _, told = commands.run(train, *given, "--overwrite")
    assert (code, told) == (0, [])
    assert not (copied / runs.EXPORT).exists()
    assert (copied / runs.ARCHITECTURE).exists()


def test_dry_run_tells_space_and_costs_and_writes_nothing(tmp_path):
    code, printed, _ = commands.run(
        search, *SMALL, "--dry_run", f"--workdir={tmp_path / 'run'}"
    )
    assert code == 0
    for word in ("2,187 architectures", "weights 135", "latency", "MACs"):
        assert word in printed
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--dataset=digit", "'digits'"),
        ("--target=tda3", "'tda2'"),
        ("--space=tinny", "'tiny'"),
        ("--operations=dw3,dw55", "'dw5'"),
        ("--flagfile=demos.flags", "'demo.flags'"),
        ("--search_epochs=0", "search_epochs"),
        ("--seed=x", "seed"),
        ("--stem_kernel=4", "odd"),
        ("--batch_size=33", "divides"),
        ("--batch_size=4096", "batch_size"),
        ("--formats=int4", "formats"),
        ("--augment=flip", "mirrored"),
        ("--augment=rotate", "augmentation"),
        ("--warmup_epochs=2", "warmup_epochs"),
        ("--lut=missing.json", "missing.json"),
        ("--energy_budget_uj=5", "energy"),
        ("--dataset=folder:missing", "missing"),
        ("--latency_budget_us=inf", "latency_budget_us"),
        ("--latency_weight=nan", "latency_weight"),
        ("--seed=99999999999", "seed"),
        ("--no_such_flag", "no_such_flag"),
    ],
)
def test_wrong_flags_get_one_line_and_exit_1(tmp_path, flag, expected):
    folder = tmp_path / "run"
    code, _, told = commands.run(search, *SMALL, f"--workdir={folder}", flag)
    assert code == 1
    assert len(told) == 1
    assert expected in told[0]
    assert not (folder / runs.ARCHITECTURE).exists()


def test_budget_below_reach_exits_3_with_the_lowest_figure(tmp_path):
    code, _, told = commands.run(
        search, *SMALL, f"--workdir={tmp_path}", "--latency_budget_us=1"
    )
    assert code == 3
    assert "lowest reachable is" in told[0]
    assert not (tmp_path / runs.ARCHITECTURE).exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": "other"}', '{"schema": 1e999}']
)
def test_broken_architecture_file_is_named(tmp_path, text):
    file = tmp_path / "broken.json"
    file.write_text(text)
    code, _, told = commands.run(
        train, *SMALL, f"--workdir={tmp_path}", f"--architecture={file}"
    )
    assert code == 1
    assert len(told) == 1
    assert str(file) in told[0]


@pytest.mark.parametrize("name", [runs.MODEL, runs.TFLITE_FILES["float"]])
def test_broken_artifact_is_named(copied, name):
    (copied / name).write_bytes(b"nonsense")
    code, _, told = commands.run(evaluate, *SMALL, f"--workdir={copied}")
    assert code == 1
    assert len(told) == 1
    assert name in told[0]


def test_table_without_a_needed_entry_names_it(tmp_path):
    table = tmp_path / "table.json"
    code, _, told = commands.run(
        search, *SMALL, f"--workdir={tmp_path / 'run'}", f"--lut={_part(table)}"
    )
    assert code == 1
    assert "dwconv2d" in told[0]


@pytest.mark.parametrize("broken", ["no_classes", "one_class", "bad_image"])
def test_broken_image_folder_is_named(tmp_path, broken):
    root = tmp_path / "photos"
    root.mkdir()
    for label in ("a", "b")[: {"no_classes": 0, "one_class": 1}.get(broken, 2)]:
        (root / label).mkdir()
        Image.new("RGB", (8, 8)).save(root / label / "1.png")
    if broken == "bad_image":
        (root / "b" / "2.png").write_bytes(b"\x89PNG broken")
    code, _, told = commands.run(
        search, f"--dataset=folder:{root}", f"--workdir={tmp_path / 'run'}"
    )
    assert code == 1
    assert len(told) == 1
    assert str(root) in told[0]


def test_run_folder_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "taken"
    file.write_text("no folder")
    code, _, told = commands.run(search, *SMALL, f"--workdir={file}/run")
    assert code == 1
    assert str(file) in told[0]


@pytest.mark.parametrize(
    "command", ["search", "train", "export", "evaluate", "sweep"]
)
def test_help_answers_without_tensorflow(command):
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", f"ednas_tf.{command}", "--helpshort"],
        capture_output=True,
        text=True,
        cwd=pathlib.Path(__file__).parents[1],
        check=False,
    )
    # The promise is 0.3 s; a loaded machine gets slack, TensorFlow takes 5 s.
    assert time.perf_counter() - began < 3
    assert "--workdir" in done.stdout
    assert "python -m ednas_tf" in done.stdout


def _part(path):
    from ednas_tf import hardware, spaces
    from ednas_tf.spaces import presets

    skeleton = presets.build("tiny", (8, 8, 1), 10, stem_kernel=3)
    space = spaces.with_operations(skeleton, ("dw3",))
    target = hardware.targets.load("tda2")
    hardware.table.write(hardware.table.generate(space, target), path)
    return path


def test_broken_checkpoint_is_named(tmp_path):
    name = f"{runs.SEARCH_STATE}/epoch00001.json"
    given = (*SMALL, f"--workdir={tmp_path}", "--through=search")
    flags.FLAGS.unparse_flags()
    launch.parse(["search", *given])
    run = runs.Run(tmp_path)
    run.open("search", config.from_flags().stages["search"])
    run.write_with(name, lambda path: pathlib.Path(path).write_text("no"))
    code, _, told = commands.run(search, *given)
    assert code == 1
    assert len(told) == 1
    assert str(run.path(name)) in told[0]
    assert run.path(name).read_text() == "no"


def test_refused_overwrite_leaves_the_old_run(finished):
    before = commands.snapshot(finished)
    given = (*SMALL, f"--workdir={finished}", "--overwrite")
    assert commands.run(search, *given, "--latency_budget_us=1")[0] == 3
    assert commands.run(search, *given, "--batch_size=33")[0] == 1
    assert commands.run(evaluate, *given, "--seed=5")[0] == 1
    assert commands.snapshot(finished) == before


def test_killed_search_goes_on_to_the_same_end(tmp_path, monkeypatch):
    given = (*SMALL, "--search_epochs=3", "--through=search")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert commands.run(search, *given, f"--workdir={whole}")[0] == 0
    progress = callbacks.Progress.on_epoch_begin

    def kill(self, epoch, logs=None):
        progress(self, epoch, logs)
        if epoch == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.Progress, "on_epoch_begin", kill)
        assert commands.run(search, *given, f"--workdir={broken}")[0] == 130
    assert commands.run(search, *given, f"--workdir={broken}")[0] == 0
    for name in (runs.ARCHITECTURE, runs.ALPHAS):
        assert (whole / name).read_text() == (broken / name).read_text()


def test_spoiled_architecture_of_a_finished_run_is_named(copied):
    (copied / runs.ARCHITECTURE).write_text("{")
    given = (*SMALL, f"--workdir={copied}")
    for command in (search, train, evaluate):
        code, _, told = commands.run(command, *given)
        assert (code, len(told)) == (1, 1)
        assert runs.ARCHITECTURE in told[0]
