"""Ends of networks, by task."""

import json

import pytest

from ednas_tf import errors, spaces, tasks
from ednas_tf.spaces import (
    architecture,
    channels,
    heads,
    memory,
    network,
    operators,
    presets,
    reference,
    skeleton,
)

_NAMES = ("mobile", "mobilenet_v1", "mobilenet_v2", "tiny")


def detector(name="mobile", side=64, classes=3, **options):
    options = {"task": tasks.DETECTION, "stem_kernel": 3, **options}
    return presets.build(name, (side, side, 3), classes, **options)


@pytest.mark.parametrize("name", presets.PRESETS)
def test_several_labels_end_in_a_sigmoid(name):
    built = presets.build(name, (32, 32, 3), 5, task=tasks.MULTILABEL)
    assert [node.kind for node in built.nodes[-2:]] == ["dense", "sigmoid"]
    assert built.task == tasks.MULTILABEL


@pytest.mark.parametrize("name", _NAMES)
def test_a_detector_says_four_offsets_and_a_score_for_each_class(name):
    built = detector(name)
    shapes = network.shapes(built.nodes, built.input_shape)
    _, anchors, values = shapes["detections"]
    places = sum(rows * columns for rows, columns in heads.map_sides(built))
    assert (anchors, values) == (6 * places, 4 + 3)
    assert built.task == tasks.DETECTION


def test_maps_are_the_three_coarsest():
    assert heads.map_sides(detector(side=96)) == [(12, 12), (6, 6), (3, 3)]


def test_maps_finer_than_a_quarter_are_not_read():
    assert heads.map_sides(detector("tiny", side=64)) == [(16, 16)]


def test_a_network_that_shrinks_nothing_is_told():
    layers = reference.resnet8((8, 8, 3), 2).nodes[:1]
    with pytest.raises(errors.UserError, match="a quarter of the"):
        heads.detector(layers, (8, 8, 3), 2)


def test_weights_of_a_detector_by_hand():
    nodes = {node.name: node for node in detector().nodes}
    shapes = network.shapes(tuple(nodes.values()), (64, 64, 3))
    rows = [
        operators.node_operator(nodes[f"detect3_{name}"], shapes)
        for name in ("scores_features", "scores", "boxes_features", "boxes")
    ]
    # Coarsest map: 2x2 of 384 channels; 6 anchors of 3 scores, or 4 offsets.
    assert [row.weights for row in rows] == [
        9 * 384,
        384 * 18,
        9 * 384,
        384 * 24,
    ]
    assert [row.macs for row in rows] == [4 * row.weights for row in rows]


@pytest.mark.parametrize("name", _NAMES)
def test_what_a_detector_returns_keeps_all_channels(name):
    built = detector(name)
    names = {n for g in channels.groups(built.nodes) for n in g.members}
    assert not names & {"detections", *built.nodes[-1].inputs}


@pytest.mark.parametrize("name", _NAMES)
def test_a_detector_comes_back_from_its_file(name):
    built = detector(name)
    found = spaces.choose(built, ["dw3"] * len(built.slots()))
    again = architecture.from_json(found.to_json())
    assert again == found
    assert again.skeleton.task == tasks.DETECTION


def test_files_from_before_there_were_tasks_are_of_classifiers():
    built = presets.build("tiny", (32, 32, 3), 4)
    values = json.loads(json.dumps(built.to_dict()))
    del values["task"]
    assert skeleton.from_dict(values).task == tasks.CLASSIFICATION


def test_an_unknown_task_is_told():
    values = presets.build("tiny", (32, 32, 3), 4).to_dict()
    with pytest.raises(errors.UserError, match="segmentation"):
        skeleton.from_dict({**values, "task": "segmentation"})


def test_maps_and_lists_of_a_detector_are_held_in_memory():
    built = detector()
    found = memory.peaks(built, {slot: "dw3" for slot, _ in built.slots()})
    assert found[memory.FIXED] >= 6 * 84 * 7


@pytest.mark.parametrize(
    "change",
    [
        lambda inputs: inputs[:-1],
        lambda inputs: inputs[::-1],
        lambda inputs: (inputs[0], inputs[3], *inputs[2:]),
    ],
)
def test_scores_and_boxes_that_do_not_match_are_told(change):
    built = reference.mobilenet_v2((64, 64, 3), 2, tasks.DETECTION)
    values = json.loads(json.dumps(built.to_dict()))
    last = values["nodes"][-1]
    last["inputs"] = change(last["inputs"])
    with pytest.raises(errors.UserError):
        skeleton.from_dict(values)
