"""What each node costs, as recorded or as counted."""

import pytest

from ednas_tf.reporting.page import shares
from ednas_tf.spaces import operators
from tests.reporting import run_folders


def row(node, **costs):
    return {"node": node, "operator": "conv2d", **costs}


def test_operators_of_a_node_are_summed():
    rows = [
        row("stage1_block1", latency_us=30.0),
        row("stage1_block1", latency_us=10.0),
        row("logits", latency_us=40.0),
        row("fixed", latency_us=20.0),
    ]
    found = shares.of_nodes(run_folders.tiny(), rows)
    assert (found.cost, found.overhead, found.counted) == (
        "latency_us",
        20.0,
        False,
    )
    assert found.share("stage1_block1") == pytest.approx(0.4)
    assert found.share("stem_depthwise") == 0


def test_costs_without_figures_are_passed_over():
    rows = [row("logits", latency_us=None, energy_uj=0.0, macs=5.0)]
    assert shares.of_nodes(run_folders.tiny(), rows).cost == "macs"


@pytest.mark.parametrize("rows", [[], [row("of_another", macs=1.0)]])
def test_macs_are_counted_where_nothing_fits(rows):
    tiny = run_folders.tiny()
    found = shares.of_nodes(tiny, rows)
    total = operators.totals(operators.architecture_operators(tiny))["macs"]
    assert found.counted and found.total == total
    # 4x4 map, 64 channels, 176 outputs of a 1x1 convolution.
    assert found.values["stage2_block1_project"] == 4 * 4 * 64 * 176
