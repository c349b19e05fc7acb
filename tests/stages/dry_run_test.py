"""A dry run says what a command would do, refuses what it would, no more."""

import json

import pytest

from ednas_tf import evaluate, export, lut, runs, search, spaces, sweep, train
from ednas_tf.networks import derived
from ednas_tf.spaces import presets
from tests import commands

DATA = ("--dataset=digits", "--image_size=8", "--max_examples=300")
SMALL = (*DATA, "--batch_size=32", "--stem_kernel=3", "--dry_run")
_TABLE = """\
op,in_h,in_w,in_c,out_h,out_w,out_c,kernel_h,kernel_w,latency_us
dwconv2d,8,8,4,8,8,4,3,3,12.5
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Returns a run folder of a network, with weights by chance."""
    folder = tmp_path_factory.mktemp("trained")
    fixed = presets.build("tiny", (8, 8, 1), 10, stem_kernel=3)
    found = spaces.choose(fixed, ["dw3" for _ in fixed.slots()], target="tda2")
    (folder / runs.ARCHITECTURE).write_text(found.to_json())
    derived.build(found).save(folder / runs.MODEL)
    return folder


def told(command, folder, *arguments):
    """Returns the printed lines by their label, after checks of all others."""
    before = commands.snapshot(folder)
    given = (*SMALL, f"--workdir={folder}", *arguments)
    code, printed, mistakes = commands.run(command, *given)
    assert (code, mistakes) == (0, [])
    assert commands.snapshot(folder) == before
    pairs = [line.partition(" ") for line in printed.splitlines()]
    return {label: text.strip() for label, _, text in pairs}


def test_training_is_told_in_epochs_and_steps(trained, tmp_path):
    file = trained / runs.ARCHITECTURE
    given = (f"--architecture={file}", "--train_epochs=7")
    lines = told(train, tmp_path, *given)
    assert lines["reads"] == str(file)
    # 300 of 1797 examples train; a tenth of these validates: 270 / 32 = 8.
    assert lines["train"] == "7 epochs of 8 steps of 32, from new weights"
    assert "parameters" in lines["network"]
    assert "model.keras" in lines["writes"].split()


def test_training_tells_what_overwriting_would_delete(trained):
    lines = told(train, trained, "--overwrite")
    assert "deletes model.keras" in lines["folder"]


def test_export_is_told_in_formats_files_and_further_epochs(trained):
    given = ("--formats=float,int8", "--bundle=micro", "--quantize=qat")
    lines = told(export, trained, *given, "--compress=prune", "--target=tda2")
    assert lines["formats"] == "float, int8"
    assert lines["calibrate"] == "270 training examples"
    assert lines["qat"] == "3 epochs of 8 steps of 32"
    assert lines["prune"] == "10 epochs of 8 steps of 32"
    assert lines["rules"].endswith("of tda2")
    expected = {
        "model.tflite",
        "model_int8.tflite",
        "micro",
        "compressed.keras",
    }
    assert expected < {*lines["writes"].split()}
    assert "saved_model" not in lines["writes"]


def test_evaluation_is_told_in_files_and_examples(trained):
    lines = told(evaluate, trained, "--simulate=tidl")
    assert lines["reads"] == "model.keras tidl simulated, 8 bits"
    assert "300 test examples" in lines["evaluate"]


def test_search_tells_the_stages_after_it(tmp_path):
    given = ("--train_epochs=3", "--through=evaluate", "--formats=float")
    lines = told(search, tmp_path, *given)
    assert lines["train"].startswith("3 epochs of 8 steps")
    assert lines["formats"] == "float"
    assert "metrics.json" in lines["writes"].split()
    assert "metrics.json" not in told(search, tmp_path)["writes"].split()


def test_sweep_tells_its_points(tmp_path):
    lines = told(sweep, tmp_path, "--memory_budgets_kib=50%", "--noreference")
    assert lines["point"].startswith("memory_50pct")


def test_table_that_would_be_measured_is_told(tmp_path):
    output = tmp_path / "host.json"
    lines = told(lut, tmp_path, "--action=measure", f"--output={output}")
    assert lines["does"].startswith("times ")
    assert lines["writes"] == str(output)


def test_table_that_would_be_imported_is_read_and_not_written(tmp_path):
    source, output = tmp_path / "a.csv", tmp_path / "a.json"
    source.write_text(_TABLE)
    given = ("--action=import", "--format=csv", f"--input={source}")
    lines = told(lut, tmp_path, *given, f"--output={output}")
    assert lines["does"].startswith("imports 1 entries")
    assert lines["writes"] == str(output)


@pytest.mark.parametrize("action", ["show", "check"])
def test_table_that_would_be_looked_at_is_named(action, tmp_path):
    source, output = tmp_path / "a.csv", tmp_path / "a.json"
    source.write_text(_TABLE)
    made = ("--format=csv", f"--input={source}", f"--output={output}")
    assert commands.run(lut, "--action=import", *made)[0] == 0
    given = (f"--lut={output}", "--lut_missing=interpolate")
    lines = told(lut, tmp_path, f"--action={action}", *given)
    assert lines["reads"] == str(output)
    assert lines["writes"] == "nothing"


@pytest.mark.parametrize("command", [search, sweep])
def test_no_folder_is_created(command, tmp_path):
    folder = tmp_path / "new"
    given = (*SMALL, "--memory_budgets_kib=50%", f"--workdir={folder}")
    assert commands.run(command, *given)[0] == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    ("command", "given", "expected"),
    [
        (train, ("--batch_size=4096",), "--batch_size"),
        (train, ("--image_size=16",), "images (8, 8, 1)"),
        (export, ("--bundle=tidl", "--formats=int8"), "--formats"),
        (evaluate, ("--image_size=16",), "images (8, 8, 1)"),
        (train, ("--workdir=nowhere",), "architecture.json"),
        (search, ("--workdir=/dev/null/run",), "/dev/null"),
    ],
)
def test_what_the_command_refuses_is_refused(trained, command, given, expected):
    base = (*SMALL, f"--workdir={trained}")
    code, _, mistakes = commands.run(command, *base, *given)
    assert (code, len(mistakes)) == (1, 1)
    assert expected in mistakes[0]


def test_other_flags_than_those_of_the_run_are_refused(trained, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in (runs.ARCHITECTURE, runs.MODEL):
        (folder / name).write_bytes((trained / name).read_bytes())
    (folder / runs.CONFIG).write_text(json.dumps({"train": {"seed": 7}}))
    code, _, mistakes = commands.run(train, *SMALL, f"--workdir={folder}")
    assert (code, len(mistakes)) == (1, 1)
    assert "--seed was 7" in mistakes[0]
