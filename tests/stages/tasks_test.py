"""Searches for several labels and for boxes, from flags to figures."""

import json
import pathlib

import pytest

from ednas_tf import runs, search
from tests import commands

_DATA = pathlib.Path(__file__).parents[2] / "../shared/data/tfds"
_SMALL = (
    "--dataset=bccd",
    f"--data_dir={_DATA}",
    "--image_size=32",
    "--max_examples=40",
    "--batch_size=8",
    "--space=tiny",
    "--width=0.25",
    "--stem_kernel=3",
    "--operations=dw3,dw5",
    "--search_epochs=1",
    "--warmup_epochs=0",
    "--train_epochs=1",
    "--weight_learning_rate=0.05",
    "--learning_rate=0.05",
    "--formats=saved_model,float,int8",
    "--through=evaluate",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _DATA.exists(), reason=f"no data in {_DATA}"),
]


def searched(folder, *given):
    """Returns the run of a search through the evaluation."""
    flags = (*_SMALL, *given, f"--workdir={folder}")
    code, printed, told = commands.run(search, *flags)
    assert (code, told) == (0, []), printed
    return runs.Run(folder)


@pytest.mark.parametrize("task", ["multilabel", "detection"])
def test_a_search_ends_in_files_that_agree(tmp_path, task):
    run = searched(tmp_path, f"--task={task}")
    rows = json.loads(run.read_text(runs.METRICS))["artifacts"]
    assert len(rows) == 4
    for row in rows.values():
        assert 0 <= row["mean_average_precision"] <= 1
        assert row["agreement"] > 0.95
    for name in ("saved_model", "model.tflite"):
        assert rows[name]["largest_difference"] < 1e-4
    detects = task == "detection"
    assert run.has(runs.ANCHORS) == run.has(runs.DETECTIONS) == detects
    content = json.loads(run.read_text(runs.EXPORT))
    names = {o["name"] for o in content["artifacts"]["model.tflite"]["outputs"]}
    assert names == ({"boxes", "scores"} if detects else {"probabilities"})


def test_a_network_of_another_task_is_refused(tmp_path):
    run = searched(tmp_path, "--task=multilabel", "--through=search")
    code, _, told = commands.run(
        search,
        *_SMALL,
        "--task=detection",
        f"--workdir={run.folder}",
    )
    assert code == 1
    assert "--task was multilabel, is detection" in told[0]
