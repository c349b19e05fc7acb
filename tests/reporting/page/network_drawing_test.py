"""The drawing of a network: every node once, nothing on top of another."""

import itertools
import re

import pytest

from ednas_tf.reporting.page import network_drawing, network_layout, shares
from ednas_tf.spaces import architecture, network, presets
from tests.reporting import run_folders

_SPACES = {
    "tiny": (16, 16, 1),
    "mobile": (96, 96, 3),
    "resnet8": (32, 32, 3),
    "ds_cnn": (49, 10, 1),
}


def found(name, task="classification"):
    fixed = presets.build(name, _SPACES[name], 10, task=task)
    names = ["dw3"] * len(network.slots(fixed.nodes))
    return architecture.choose(fixed, names)


@pytest.fixture(params=[*_SPACES, "detector"])
def any_network(request):
    if request.param == "detector":
        return found("mobile", "detection")
    return found(request.param)


def test_every_node_is_placed_once_in_order(any_network):
    placed = network_layout.layout(any_network).nodes
    names = [node.name for node in any_network.skeleton.nodes]
    assert [node.name for node in placed] == ["image", *names]


def test_no_two_boxes_overlap(any_network):
    boxes = network_layout.layout(any_network).nodes
    for one, other in itertools.combinations(boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = (
            one.y + one.height <= other.y or other.y + other.height <= one.y
        )
        assert apart_x or apart_y


def test_texts_in_a_box_do_not_meet(any_network):
    for node in network_layout.layout(any_network).nodes:
        shape = "×".join(f"{side:,}" for side in node.shape)
        letters = len(node.told) + len(shape)
        assert letters * network_drawing.svg.CHARACTER * 11 < node.width - 16


def test_long_wires_run_beside_the_boxes_and_apart(any_network):
    layout = network_layout.layout(any_network)
    for wire in layout.wires:
        assert 0 < wire.x < layout.left and wire.start < wire.end
    for one, other in itertools.combinations(layout.wires, 2):
        if one.x == other.x:
            assert one.end <= other.start or other.end <= one.start


def test_sums_read_what_the_network_says():
    layout = network_layout.layout(found("tiny"))
    reads = {(wire.source, wire.reader) for wire in layout.wires}
    expected = {
        (name, node.name)
        for node in found("tiny").skeleton.nodes
        if node.kind == "add"
        for name in node.inputs[1:]
    }
    assert reads == expected


def test_pieces_hold_each_row_once_and_fit_together(any_network):
    costs = shares.of_nodes(any_network, [])
    pieces = network_drawing.draw(any_network, costs, {})
    boxes = [re.findall('class="viewBox|viewBox="([^"]+)"', p) for p in pieces]
    views = [list(map(float, box[0].split())) for box in boxes]
    for (_, top, _, height), (_, below, *_) in itertools.pairwise(views):
        assert top + height == pytest.approx(below)
    count = sum(piece.count('class="node ') for piece in pieces)
    assert count == len(any_network.skeleton.nodes) + 1


def test_row_tells_operation_shape_share_and_choice():
    fixed = run_folders.tiny()
    costs = shares.Shares("latency_us", {"stage1_block1": 250.0}, 750.0)
    text = "".join(
        network_drawing.draw(
            fixed, costs, {"stage1_block1": ["dw5 64 %", "dw3 36 %"]}
        )
    ).replace("\N{NO-BREAK SPACE}", " ")
    for told in ("depthwise 5×5  /2", "8×8×32", "25.0 %", "250 µs", "dw3 36 %"):
        assert told in text
