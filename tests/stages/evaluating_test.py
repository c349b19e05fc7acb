"""What an evaluation leaves beside its figures, and what it refuses first."""

import csv
import json

import numpy as np
import pytest

from ednas_tf import evaluate, export, runs
from ednas_tf.stages import evaluating
from tests import commands
from tests.stages import exporting_test


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Returns the flags of a run with files of float and int8."""
    trained = exporting_test.trained(tmp_path_factory.mktemp("run"), "dw3")
    flags = (*trained, "--formats=float,int8")
    code, printed, told = commands.run(export, *flags, "--target=tda2-paper")
    assert (code, told) == (0, []), printed
    return flags


def folder_of(given):
    (found,) = [f for f in given if f.startswith("--workdir=")]
    return runs.Run(found.removeprefix("--workdir="))


@pytest.fixture(scope="module")
def evaluated(given):
    code, printed, told = commands.run(evaluate, *given)
    assert (code, told) == (0, []), printed
    assert "measuring again" not in printed
    return folder_of(given)


def test_counts_of_each_artifact_make_its_accuracy(evaluated):
    rows = list(csv.DictReader(evaluated.read_text(runs.CONFUSION).split("\n")))
    measured = json.loads(evaluated.read_text(runs.METRICS))["artifacts"]
    assert {row["artifact"] for row in rows} == {*measured}
    for name, figures in measured.items():
        own = [row for row in rows if row["artifact"] == name]
        right = sum(
            int(r["count"]) for r in own if r["label"] == r["predicted"]
        )
        total = sum(int(row["count"]) for row in own)
        assert total == figures["examples"]
        assert right / total == pytest.approx(figures["accuracy"])


def test_mistakes_are_those_of_the_int8_file_with_images(evaluated):
    found = json.loads(evaluated.read_text(runs.MISTAKES))
    assert found["schema"] == "ednas-mistakes/1"
    assert found["artifact"] == "model_int8.tflite"
    assert found["classes"] == list("0123456789")
    margins = [
        m["probability"] - m["probability_of_label"] for m in found["mistakes"]
    ]
    assert margins == sorted(margins, reverse=True)
    assert 0 < len(margins) <= 24
    for mistake in found["mistakes"]:
        assert mistake["label"] != mistake["predicted"]
        assert mistake["image"].startswith("data:image/png;base64,")


def test_figures_hold_nothing_else(evaluated):
    found = json.loads(evaluated.read_text(runs.METRICS))
    assert [*found] == ["artifacts", "macs", "params"]


def test_a_second_time_is_told(given, evaluated):
    code, printed, _ = commands.run(evaluate, *given)
    assert code == 0
    assert "same flags; measuring again" in printed
    assert evaluated.has(runs.CONFUSION, runs.MISTAKES)


@pytest.mark.parametrize("flag", ["--seed=9", "--max_examples=200"])
def test_other_splits_are_refused_before_anything_is_measured(
    given, evaluated, monkeypatch, flag
):
    monkeypatch.setattr(evaluating, "_files", None)
    before = commands.snapshot(evaluated.folder)
    code, _, told = commands.run(evaluate, *given, flag)
    assert code == 1
    assert f"is {flag.partition('=')[2]}" in told[0]
    assert commands.snapshot(evaluated.folder) == before


def test_a_failed_write_leaves_the_figures_of_before(
    given, evaluated, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = commands.snapshot(evaluated.folder)
    monkeypatch.setattr(runs.files.os, "fsync", full)
    code, _, told = commands.run(evaluate, *given)
    assert (code, "No space" in told[0]) == (1, True)
    assert commands.snapshot(evaluated.folder) == before


@pytest.mark.parametrize("name", [runs.QUANTIZATION, "model.tflite"])
def test_a_finished_export_has_all_its_files(given, name):
    run = folder_of(given)
    kept = run.path(name).read_bytes()
    run.remove(name)
    code, _, told = commands.run(export, *given, "--target=tda2-paper")
    run.path(name).write_bytes(kept)
    assert code == 1
    assert name in told[0]
    assert "--overwrite" in told[0]
    assert commands.run(export, *given, "--target=tda2-paper")[0] == 0


def test_export_goes_on_with_the_flags_that_are_advised(given):
    code, _, told = commands.run(export, *given, "--formats=float")
    assert code == 1
    _, _, advice = told[0].partition("`python -m ednas_tf.export` with ")
    flags = advice.partition(";")[0].split(" ")
    code, printed, _ = commands.run(export, *given, "--formats=float", *flags)
    assert (code, "done before" in printed) == (0, True)


def test_images_are_those_of_the_examples(evaluated):
    found = json.loads(evaluated.read_text(runs.MISTAKES))["mistakes"]
    places = [mistake["index"] for mistake in found]
    assert np.unique(places).size == len(places)
    assert max(places) < 300
