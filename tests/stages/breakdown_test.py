"""The parts of a network's cost sum to what its architecture says."""

import dataclasses
import math

import numpy as np
import pytest
from absl import flags

from ednas_tf import config, hardware, runs
from ednas_tf.hardware import table as tables
from ednas_tf.stages import breakdown, choosing, problem, searching

SMALL = ("--dataset=digits", "--image_size=8", "--max_examples=300")
TINY = (*SMALL, "--space=tiny")


def asked(*given):
    """Returns the `Config` and the `Problem` of flags."""
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test", "--batch_size=32", *given])
    settings = config.from_flags()
    return settings, problem.prepare(settings)


def broken_down(question, seed=0):
    """Returns a random architecture of a problem, and its rows."""
    rng = np.random.default_rng(seed)
    space = question.space
    chosen = [int(rng.integers(len(s.operations))) for s in space.slots]
    counts = {g.name: max(1, g.size // 2) for g in question.groups}
    if question.multiple:
        space = space.narrowed(counts)
    found = choosing.architecture(question, chosen, space)
    return found, breakdown.rows(found, question)


def assert_sums(found, rows):
    known = {n: c for n, c in found.costs.items() if c is not None}
    known.pop(hardware.costs.PEAK_RAM)
    assert {*known} <= {*rows[0]}
    for name, cost in known.items():
        total = math.fsum(row[name] for row in rows)
        assert total == pytest.approx(cost, rel=1e-6), name


@pytest.mark.parametrize(
    "given",
    [
        (*TINY, "--target=tda2"),
        (*TINY, "--target=tda2", "--core=eve"),
        (*TINY, "--search_channels", "--channel_multiple=8"),
        (*TINY, "--topology=previous_two", "--stem_kernel=3"),
        (*SMALL, "--space=resnet8", "--target=stm32h743"),
        (*SMALL, "--space=resnet8", "--nosearch_channels"),
        (*SMALL, "--image_size=32", "--space=mobile", "--stem_kernel=3"),
    ],
)
def test_sums_are_the_costs_of_the_architecture(given):
    assert_sums(*broken_down(asked(*given)[1]))


def measured(path, question, skipped=0):
    """Writes a made-up table of this machine, with an overhead and energies."""
    rng = np.random.default_rng(1)
    entries = tuple(
        dataclasses.replace(
            entry,
            latency_us=float(rng.uniform(1, 9)),
            energy_uj=float(rng.uniform(1, 9)),
        )
        for entry in question.prices.table.entries[skipped:]
    )
    table = tables.Table(
        hardware.targets.load("host").head(),
        tables.Tool("made", "1"),
        tables.Provenance("measured", "2024-01-01"),
        entries,
        overhead_us=3.5,
    )
    tables.write(table, path)


@pytest.mark.parametrize(
    ("skipped", "given"),
    [
        (0, ()),
        (2, ("--lut_missing=interpolate",)),
        (0, ("--lut_missing=interpolate", "--search_channels")),
    ],
)
def test_sums_are_those_of_a_table_in_a_file(tmp_path, skipped, given):
    plain = (*TINY, "--target=tda2-paper", "--stem_kernel=3")
    path = tmp_path / "host.json"
    measured(path, asked(*plain)[1], skipped)
    flags_ = (*TINY, "--stem_kernel=3", "--channel_multiple=8")
    found, rows = broken_down(asked(*flags_, f"--lut={path}", *given)[1])
    assert_sums(found, rows)
    assert (rows[-1]["node"], rows[-1]["latency_us"]) == ("fixed", 3.5)


def test_a_large_kernel_is_listed_as_its_tiles():
    rows = broken_down(asked(*TINY, "--stem_kernel=11")[1])[1]
    first = rows[0]["node"]
    tiles = [r["operator"] for r in rows if r["node"] == first]
    assert tiles == ["dwconv2d", *["dwconv2d", "add"] * 3]
    assert rows[0]["kernel"] == "7x7"
    assert {row["node"] for row in rows} >= {"logits"}


def test_a_search_leaves_the_rows_of_each_node_in_order(tmp_path):
    given = (*SMALL, "--space=resnet8", "--nosearch_channels")
    settings, question = asked(*given, "--target=stm32h743")
    run = runs.Run(tmp_path)
    found = searching.run_stage(question, settings, run)
    rows = run.read_rows(runs.COSTS)
    names = [n.name for n in found.skeleton.nodes]
    told = [row["node"] for row in rows if row["node"] in names]
    assert told == [name for name in names if name in told]
    # A 3x3 convolution of one colour into 16 maps of 8x8.
    first = {k: rows[0][k] for k in ("operator", "slot", "kernel", "macs")}
    expected = ("conv2d", "", "3x3", float(9 * 16 * 64))
    assert (*list(first.values())[:3], float(first["macs"])) == expected


def test_a_slot_is_named_with_what_it_became():
    found, rows = broken_down(asked(*TINY, "--stem_kernel=3")[1])
    told = [(row["slot"], row["kernel"]) for row in rows if row["slot"]]
    sides = [c.operation.removeprefix("dw") for c in found.choices]
    assert told == [
        (choice.slot, f"{side}x{side}")
        for choice, side in zip(found.choices, sides, strict=True)
    ]
