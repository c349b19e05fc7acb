"""Commands whose training diverges: exit code 4, and files as they were."""

import pytest

from ednas_tf import callbacks, runs, search, spaces, train
from ednas_tf.spaces import network
from tests import commands
from tests.stages import diverged

DATA = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=120",
    "--batch_size=4",
)
# Weights grow a hundredfold per step.
HUGE = ("--weight_decay=1", "--learning_rate=1000")
SANE = ("--weight_decay=1e-4", "--learning_rate=0.1")


@pytest.fixture
def folder(tmp_path):
    """Returns a run folder with the architecture of a network for digits."""
    nodes = (
        network.Node("one", "conv", ("image",), 4, (3, 3), act="relu"),
        network.Node("pool", "pool", ("one",)),
        network.Node("logits", "dense", ("pool",), 10),
        network.Node("probabilities", "softmax", ("logits",)),
    )
    fixed = spaces.Given("one", (8, 8, 1), 10, nodes)
    run = runs.Run(tmp_path)
    run.write_text(runs.ARCHITECTURE, spaces.choose(fixed, []).to_json())
    return tmp_path


def trained(folder, *flags):
    """Returns exit code and error of `train` on a small network."""
    code, _, told = commands.run(
        train, *DATA, "--train_epochs=2", f"--workdir={folder}", *flags
    )
    return code, " ".join(told)


def states(folder):
    """Returns the files of checkpoints and models with their content."""
    return {
        name: content
        for name, content in commands.snapshot(folder).items()
        if name.startswith(runs.TRAIN_STATE) or name == runs.MODEL
    }


def test_a_rate_that_is_too_high_ends_in_4_and_a_lower_one_works(folder):
    code, told = trained(folder, *HUGE)
    assert code == 4
    assert told.startswith("error: Training diverged in epoch 1, step")
    assert "layer `" in told
    assert "--learning_rate" in told
    assert not states(folder)
    assert trained(folder, *SANE, "--overwrite") == (0, "")
    assert runs.MODEL in states(folder)


def test_the_state_after_the_last_good_epoch_stays_as_it_was(
    folder, monkeypatch
):
    standard, seen = callbacks.standard, []

    def spoil(model):
        seen.append(states(folder))
        diverged.spoil(model.get_layer("one_conv").kernel)

    def spoiling(*arguments, **settings):
        found = standard(*arguments, **settings)
        return [*found, diverged.Before(spoil, epoch=1, step=1)]

    monkeypatch.setattr(callbacks, "standard", spoiling)
    code, told = trained(folder, *SANE)
    assert code == 4
    assert "epoch 2, step 2: layer `one_conv` holds weights" in told
    assert "The last good state (epoch 1) is kept" in told
    assert seen == [states(folder)]
    assert seen[0]


@pytest.mark.slow
def test_a_search_ends_in_4_and_a_lower_rate_works(tmp_path):
    arguments = (
        *DATA,
        "--max_examples=240",  # Steps enough for more than float32 holds.
        "--through=search",
        "--search_epochs=2",
        "--warmup_epochs=1",
        "--stem_kernel=3",
        "--operations=dw3,skip",
        "--weight_decay=1",
        f"--workdir={tmp_path}",
    )
    huge = "--weight_learning_rate=1000"
    code, _, told = commands.run(search, *arguments, huge)
    assert (code, len(told)) == (4, 1)
    assert "Training diverged in epoch 1, step" in told[0]
    assert "--weight_learning_rate" in told[0]
    assert not list((tmp_path / runs.SEARCH_STATE).glob("*"))
    code, _, told = commands.run(search, *arguments, "--overwrite")
    assert (code, told) == (0, [])
