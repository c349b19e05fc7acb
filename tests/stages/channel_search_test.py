"""A search of channels, from the flags to the smaller network."""

import json
import pathlib
import shutil
from unittest import mock

import keras
import numpy as np
import pytest
from absl import flags

from ednas_tf import config, errors, hardware, runs, search
from ednas_tf.data import pipeline
from ednas_tf.networks import derived, transfer
from ednas_tf.spaces import architecture as architectures
from ednas_tf.spaces import channels, operators
from ednas_tf.stages import problem, searched_weights, searching, warming
from tests import commands, small

GIVEN = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=300",
    "--batch_size=32",
    "--search_epochs=6",
    "--warmup_epochs=2",
    "--alpha_split=0",
    "--target=stm32h743",
)
RESNET = (*GIVEN, "--space=resnet8", "--memory_budget_kib=30")
JOINT = (
    *GIVEN,
    "--space=tiny",
    "--search_channels",
    "--channel_multiple=4",
    "--stem_kernel=3",
    "--memory_budget_kib=40",
    "--latency_budget_us=3500",
    "--alpha_split=0.5",
)


def settings(*given):
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test", *given])
    return config.from_flags()


def searched(folder, *given):
    """Returns problem, architecture, supernet and removal of a search."""
    values = settings(*given)
    question = problem.prepare(values)
    run = runs.Run(folder)
    found = searching.run_stage(question, values, run)
    return question, found, *searched_weights.load(question, values, run)


@pytest.fixture(scope="module", params=[RESNET, JOINT], ids=["given", "joint"])
def result(request, tmp_path_factory):
    return searched(tmp_path_factory.mktemp("run"), *request.param)


def test_budgets_hold_by_a_count_of_the_operators(result):
    question, found, _, _ = result
    rows = operators.architecture_operators(found)
    memory_bytes = operators.totals(rows)["memory_bytes"]
    assert memory_bytes == found.costs["memory_bytes"]
    for name, budget in question.budgets.items():
        assert found.costs[name] <= budget


def test_smaller_network_is_the_masked_one(result):
    question, found, supernet, removed = result
    space = question.space
    network = derived.build(found, outputs="logits")
    transfer.copy(supernet, network, removed)
    dataset = question.dataset
    batches = pipeline.evaluation(dataset.splits.test, dataset, 50)
    images = next(iter(batches))[0].numpy()
    rows = [
        np.eye(len(s.operations), dtype="float32")[
            [s.operations.index(found.operation(s.name))]
        ]
        for s in space.slots
    ]
    kept = dict(found.skeleton.channels)
    assert kept, "the search removed nothing"
    masks = masks_of(removed, question.groups)
    expected = supernet([images, *rows, *masks], training=False)
    assert small.difference(network(images), expected) < 1e-4


def masks_of(removed, groups):
    for group in groups:
        mask = np.zeros((1, group.size), "float32")
        mask[:, removed.kept[group.name]] = 1.0
        yield mask


def test_channels_come_in_their_multiple(tmp_path):
    _, found, _, _ = searched(tmp_path, *JOINT)
    sizes = {
        g.name: g.size for g in channels.groups(found.skeleton.whole_nodes)
    }
    for name, count in found.skeleton.channels:
        assert count % 4 == 0 or count == sizes[name]


def test_search_in_two_parts_is_the_search_in_one(tmp_path):
    whole = searched(tmp_path / "whole", *RESNET)[1]
    values = settings(*RESNET, "--through=warmup")
    question = problem.prepare(values)
    run = runs.Run(tmp_path / "parts")
    assert searching.run_stage(question, values, run) is None
    assert run.has(runs.WARMUP, runs.WARMED_UP)
    assert not run.has(runs.ARCHITECTURE)
    assert searched(tmp_path / "parts", *RESNET)[1] == whole


def test_another_run_gives_its_warm_up(tmp_path):
    searched(tmp_path / "first", *RESNET)
    given = (*RESNET, f"--warmup_from={tmp_path / 'first'}")
    searched(tmp_path / "second", *given, "--memory_budget_kib=20")
    rows = runs.Run(tmp_path / "second").read_rows(runs.HISTORY)
    assert [row["epoch"] for row in rows] == ["3", "4", "5", "6"]


def test_report_names_what_the_search_arrived_at(tmp_path):
    searched(tmp_path, *RESNET)
    values = json.loads((tmp_path / runs.SEARCH).read_text())
    assert set(values["searched"]) == set(hardware.COSTS)
    rows = runs.Run(tmp_path).read_rows(runs.CHANNEL_HISTORY)
    assert {row["group"] for row in rows} >= {"stem", "stack3_conv2"}
    assert len(rows) == 6 * 6


def test_architecture_file_is_enough_for_the_smaller_network(result):
    found = result[1]
    again = architectures.from_json(found.to_json())
    assert again == found
    shapes = [w.shape for w in derived.build(again).weights]
    assert shapes == [w.shape for w in derived.build(found).weights]


def test_network_as_it_is_needs_no_search(tmp_path):
    values = settings(*RESNET[:-1], "--nosearch_channels")
    question = problem.prepare(values)
    found = searching.run_stage(question, values, runs.Run(tmp_path))
    assert dict(found.skeleton.channels) == {}
    # That of MLPerf Tiny's file, for one colour in place of three.
    assert found.costs["params"] == 77_706 - 2 * 9 * 16


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (("--memory_budget_kib=0.1",), 3, "lowest reachable"),
        (("--macs_weight=nan",), 1, "finite"),
        (("--macs_weight=-1",), 1, "macs_weight"),
        (("--channel_multiple=0",), 1, "channel_multiple"),
        (("--warmup_from=nowhere",), 1, "nowhere"),
        (("--through=warmup", "--warmup_epochs=0"), 1, "--warmup_epochs"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path, given, code, told):
    received = commands.run(
        search, *RESNET, f"--workdir={tmp_path}", "--through=search", *given
    )
    assert received[0] == code
    assert len(received[2]) == 1
    assert told in received[2][0]


@pytest.mark.parametrize("source", ["nowhere", "run"])
def test_nothing_is_deleted_for_a_warm_up_that_is_none(
    tmp_path, monkeypatch, source
):
    monkeypatch.chdir(tmp_path)
    runs.Run("run").write_text(runs.ARCHITECTURE, "{}")
    given = ("--workdir=run", "--overwrite", f"--warmup_from={source}")
    code, _, told = commands.run(search, *RESNET, *given)
    assert code == 1
    assert source in told[0]
    assert (tmp_path / "run" / runs.ARCHITECTURE).exists()


def test_history_that_was_deleted_is_told_in_one_line(tmp_path):
    run = runs.Run(tmp_path)
    run.write_rows(runs.HISTORY, [{"epoch": 2, "loss": 0.5}])
    model = mock.Mock()
    model.supernet.weights = []
    model.supernet.save_weights = lambda path: pathlib.Path(path).touch()
    warming.save(model, run, 2)
    with pytest.raises(errors.UserError, match="epoch 3"):
        warming.save(model, run, 3)


def test_network_without_slots_takes_any_batch():
    values = settings(*RESNET, "--batch_size=33", "--paths=2")
    assert problem.prepare(values).multiple == 1


def test_warm_up_of_other_data_is_refused(tmp_path):
    searched(tmp_path / "first", *RESNET)
    shutil.rmtree(tmp_path / "first" / "tensorboard")
    code, _, told = commands.run(
        search,
        *RESNET,
        "--seed=1",
        f"--warmup_from={tmp_path / 'first'}",
        f"--workdir={tmp_path / 'second'}",
    )
    assert code == 1
    assert "--seed=1" in told[0]


def test_trained_network_starts_from_what_the_search_left(tmp_path):
    code, _, told = commands.run(
        search,
        *RESNET,
        "--train_epochs=1",
        "--learning_rate=1e-8",
        "--through=train",
        f"--workdir={tmp_path}",
    )
    assert (code, told) == (0, [])
    run = runs.Run(tmp_path)
    model = keras.saving.load_model(run.path(runs.MODEL))
    kernel = model.get_layer("stem_conv").get_weights()[0]
    values = settings(*RESNET)
    question = problem.prepare(values)
    net, removed = searched_weights.load(question, values, run)
    (expected,) = removed.cut(
        "stem_conv", net.get_layer("stem_conv").get_weights()
    )
    assert small.difference(kernel, expected) < 1e-3
