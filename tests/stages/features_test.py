"""Audio and features go through every stage as images do."""

import json
import pathlib

import pytest

from ednas_tf import evaluate, export, runs, search, spaces, train
from ednas_tf.spaces import presets
from tests import commands

_DATA = pathlib.Path(__file__).parents[2] / "../shared/data/tfds"
SMALL = (
    f"--data_dir={_DATA}",
    "--max_examples=100",
    "--batch_size=16",
    "--train_epochs=12",  # After a few, most examples are nearly ties.
    "--stem_kernel=3",
    "--formats=float,int8",
)
_SPOKEN = ("--dataset=fsdd_digits", "--sample_rate=8000")

pytestmark = pytest.mark.skipif(
    not _DATA.is_dir(), reason=f"{_DATA} is not here."
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "num_classes", "kind"),
    [
        (("--dataset=gsc_kws12_mfcc",), 12, "features"),
        ((*_SPOKEN, "--augment=crop=3"), 10, "audio"),
    ],
)
def test_features_reach_an_int8_file(given, num_classes, kind, tmp_path):
    fixed = presets.build("tiny", (49, 10, 1), num_classes, stem_kernel=3)
    names = ["dw3" for _ in fixed.slots()]
    chosen = spaces.choose(fixed, names, target="tda2")
    run = runs.Run(tmp_path)
    run.write_text(runs.ARCHITECTURE, chosen.to_json())
    given = (*SMALL, *given, f"--workdir={tmp_path}")
    for command in (train, export, evaluate):
        code, printed, told = commands.run(command, *given)
        assert (code, told) == (0, []), printed
    metrics = json.loads(run.read_text(runs.METRICS))
    assert metrics["artifacts"]["model_int8.tflite"]["agreement"] > 0.8
    described = json.loads(run.read_text(runs.EXPORT))
    assert (described["kind"], "audio" in described) == (kind, kind == "audio")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (_SPOKEN[:1], "--sample_rate"),
        ((*_SPOKEN, "--image_size=32"), "no --image_size"),
        ((*_SPOKEN, "--augment=flip"), "no images"),
        ((*_SPOKEN, "--bundle=tidl"), "--bundle=tidl"),
        ((*_SPOKEN, "--sample_rate=300"), "from 4000 to 192000"),
        (("--dataset=gsc_kws12_mfcc", "--sample_rate=1"), "--sample_rate"),
    ],
)
def test_what_features_do_not_have_is_told_in_one_line(given, told, tmp_path):
    given = (*SMALL, *given, f"--workdir={tmp_path / 'run'}")
    code, _, lines = commands.run(search, *given, "--dry_run")
    assert code == 1
    assert len(lines) == 1
    assert told in lines[0]
    assert not (tmp_path / "run").exists()
