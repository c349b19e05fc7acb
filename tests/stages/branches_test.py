"""A search as in DARTS (`--meta_kernel=branches`), as its command runs it."""

import pytest

from ednas_tf import callbacks, runs, search
from tests import commands
from tests.callbacks.trained import Kill

_GIVEN = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=160",
    "--batch_size=16",
    "--stem_kernel=3",
    "--width=0.25",
    "--operations=dw3,avg3,max3,skip",
    "--meta_kernel=branches",
    "--sampling=softmax",
    "--search_epochs=2",
    "--warmup_epochs=1",
    "--train_epochs=1",
    "--through=train",
    "--deterministic",
)


def _searched(folder):
    code, _, told = commands.run(search, *_GIVEN, f"--workdir={folder}")
    assert (code, told) == (0, [])
    return runs.Run(folder)


@pytest.mark.slow
def test_a_broken_search_ends_as_an_unbroken_one(tmp_path, monkeypatch):
    whole = _searched(tmp_path / "whole")
    standard = callbacks.standard

    def killed(run, stage, *arguments, **settings):
        found = standard(run, stage, *arguments, **settings)
        return [*found, Kill(1)] if stage == "search" else found

    monkeypatch.setattr(callbacks, "standard", killed)
    parts = f"--workdir={tmp_path / 'parts'}"
    code, _, _ = commands.run(search, *_GIVEN, parts)
    assert code == 130
    monkeypatch.setattr(callbacks, "standard", standard)
    parts = _searched(tmp_path / "parts")
    for name in (runs.ARCHITECTURE, runs.ALPHAS):
        assert parts.read_text(name) == whole.read_text(name)
    last, other = (
        run.read_rows(runs.TRAIN_HISTORY)[-1] for run in (whole, parts)
    )
    assert last["loss"] == other["loss"]
