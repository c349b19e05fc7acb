"""What the export says about the device, and what it writes for its tool."""

import csv
import json

import pytest

from ednas_tf import evaluate, export, runs, spaces, train
from ednas_tf.spaces import presets
from tests import commands

SMALL = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=300",
    "--batch_size=32",
    "--formats=float",
)
BARE = (
    "--formats=saved_model,float,float16,dynamic,int8,int16x8",
    "--include_preprocessing",
    "--bundle=micro",
    "--target=stm32h743",
)


def trained(folder, operation, stem_kernel=3, epochs=1):
    """Returns the flags of a run whose network has one operation throughout.

    Strided slots get a plain 3x3, as not every operation fits there.
    """
    fixed = presets.build("tiny", (8, 8, 1), 10, stem_kernel=stem_kernel)
    names = [
        "dw3" if fixed.blocks[index].stride > 1 else operation
        for _, index in fixed.slots()
    ]
    chosen = spaces.choose(fixed, names, target="tda2")
    run = runs.Run(folder)
    run.write_text(runs.ARCHITECTURE, chosen.to_json())
    given = (*SMALL, f"--train_epochs={epochs}", f"--workdir={folder}")
    code, printed, told = commands.run(
        train, *given, f"--architecture={folder}/{runs.ARCHITECTURE}"
    )
    assert (code, told) == (0, []), printed
    return given


@pytest.fixture(scope="module")
def dilated(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("dilated"), "dw3d3")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("large"), "dw9", stem_kernel=11)


def verdict(given):
    folder = given[-1].removeprefix("--workdir=")
    with open(f"{folder}/{runs.EXPORT}", encoding="utf-8") as file:
        return json.load(file)["deployment"]


def test_offences_are_listed_with_reason_and_way_out(dilated):
    code, printed, told = commands.run(export, *dilated, "--overwrite")
    assert (code, told) == (0, [])
    found = verdict(dilated)
    assert (found["target"], found["rules"]) == ("tda2", "tidl-c66x-eve")
    assert len(found["offences"]) == 5  # The slots of stride 1.
    for offence in found["offences"]:
        assert "ilation" in offence["reason"]
        assert offence["operator"] in printed


def test_strict_export_fails_and_keeps_the_files(dilated):
    for _ in ("first", "done before"):
        code, _, told = commands.run(export, *dilated, "--strict")
        assert code == 1
        assert "5 offences" in told[0]
    assert verdict(dilated)["offences"]


def test_large_kernels_become_tiles_that_the_device_accepts(large):
    code, printed, _ = commands.run(
        export, *large, "--strict", "--bundle=tidl", "--overwrite"
    )
    assert code == 0
    assert "0 offences" in printed
    folder = runs.Run(large[-1].removeprefix("--workdir="))
    names = sorted(path.name for path in folder.path(runs.TIDL).iterdir())
    assert "model.tflite" in names
    assert "tidl_import_digits.txt" in names


def test_other_target_keeps_large_kernels(large):
    code, _, _ = commands.run(
        export, *large, "--target=tda2-paper", "--overwrite"
    )
    assert code == 0
    assert verdict(large) == {}


def test_bundle_needs_the_float_file(large):
    code, _, told = commands.run(
        export, *large, "--formats=int8", "--bundle=tidl", "--overwrite"
    )
    assert code == 1
    assert "--formats" in told[0]


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A run whose files take bytes, with the folder for firmware."""
    # Classes apart: near a tie, a rounding changes which of them comes first.
    given = trained(tmp_path_factory.mktemp("bare"), "dw5", epochs=2)
    code, printed, told = commands.run(
        export,
        *given,
        *BARE,
    )
    assert (code, told) == (0, []), printed
    return given


def content_of(given, name):
    return runs.Run(given[-1].removeprefix("--workdir=")).read_text(name)


def test_files_that_take_bytes_answer_as_keras_does(bare):
    code, printed, told = commands.run(evaluate, *bare, "--simulate=tidl")
    assert (code, told) == (0, []), printed
    rows = json.loads(content_of(bare, runs.METRICS))["artifacts"]
    assert len(rows) == 8
    for name in ("saved_model", "model.tflite"):
        assert rows[name]["agreement"] == 1, name
        assert rows[name]["largest_difference"] < 1e-4, name
    assert rows["model_int16x8.tflite"]["agreement"] >= 0.98
    assert rows["model_int16x8.tflite"]["largest_difference"] < 0.05
    assert rows["model_int8.tflite"]["largest_difference"] < 0.1
    simulated = rows["simulated_tidl_8bit"]
    assert simulated["agreement"] > 0.8
    assert simulated["latency_us"] is None


def test_what_the_files_take_is_written_down(bare):
    content = json.loads(content_of(bare, runs.EXPORT))
    assert content["preprocessing"] == "inside"
    first = content["artifacts"]["model_int8.tflite"]["inputs"][0]
    assert (first["dtype"], first["scale"], first["zero_point"]) == (
        "uint8",
        1.0,
        0,
    )


def test_flags_without_effect_do_not_matter(bare):
    code, printed, told = commands.run(
        export,
        *bare,
        *BARE,
        "--qat_epochs=9",
        "--sparsity=0.3",
        "--batch_size=16",
    )
    assert (code, told) == (0, [])
    assert "done before" in printed


def test_layers_are_listed_with_the_worst_first(bare):
    text = content_of(bare, runs.QUANTIZATION)
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["format"] for row in rows} == {"int8", "int16x8"}
    for format in ("int8", "int16x8"):
        ratios = [
            float(row["snr_db"])
            for row in rows
            if row["format"] == format and row["snr_db"]
        ]
        assert len(ratios) > 10
        assert ratios == sorted(ratios)


def test_test_vectors_are_those_of_both_runtimes(bare):
    found = json.loads(content_of(bare, runs.EXPORT))["micro"]
    assert found["vectors"] == 10
    assert found["reference"] == "bit-exact"
    assert found["tflite_micro"] in ("bit-exact", "not installed")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--bundle=tidl", "--include_preprocessing"), "Remove one of the two"),
        (("--bundle=micro",), "Expected int8 among --formats"),
    ],
)
def test_flags_that_do_not_go_together_are_told(large, flags, message):
    code, _, told = commands.run(export, *large, *flags, "--overwrite")
    assert code == 1
    assert message in told[0]


def test_a_refused_export_deletes_nothing(large):
    assert commands.run(export, *large, "--overwrite")[0] == 0
    code, _, told = commands.run(
        export, *large, "--quantize=qat", "--batch_size=999", "--overwrite"
    )
    assert code == 1
    assert "--batch_size" in told[0]
    assert content_of(large, runs.EXPORT)


def test_a_lost_folder_is_told(large):
    flags = (*large, "--bundle=tidl")
    assert commands.run(export, *flags, "--overwrite")[0] == 0
    runs.Run(large[-1].removeprefix("--workdir=")).remove(runs.TIDL)
    code, _, told = commands.run(export, *flags)
    assert code == 1
    assert "which is missing" in told[0]


def test_a_verdict_that_is_no_verdict_is_told(large):
    assert commands.run(export, *large, "--overwrite")[0] == 0
    run = runs.Run(large[-1].removeprefix("--workdir="))
    content = json.loads(run.read_text(runs.EXPORT))
    run.write_json(runs.EXPORT, {**content, "deployment": {"target": "tda2"}})
    code, _, told = commands.run(export, *large)
    assert code == 1
    assert "not what an export writes" in told[0]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["prune", "cluster"])
def test_a_network_is_trained_on_for_small_files(bare, method):
    before = json.loads(content_of(bare, runs.EXPORT))["artifacts"]
    code, printed, told = commands.run(
        export,
        *bare,
        "--formats=float,int8",
        "--include_preprocessing",
        "--quantize=qat",
        f"--compress={method}",
        "--compress_epochs=2",
        "--qat_epochs=1",
        "--clusters=4",
        "--overwrite",
    )
    assert (code, told) == (0, []), printed
    content = json.loads(content_of(bare, runs.EXPORT))
    size = content["artifacts"]["model.tflite"]["gzip_bytes"]
    assert size < 0.9 * before["model.tflite"]["gzip_bytes"]
    assert {*content["optimization"]} == {"compress", "qat"}
    # What the tools get is what `--simulate` has to run.
    folder = runs.Run(bare[-1].removeprefix("--workdir="))
    assert folder.has(runs.COMPRESSED)
    first = content["artifacts"]["model_int8.tflite"]["inputs"][0]
    assert (first["dtype"], first["scale"]) == ("uint8", 1.0)
