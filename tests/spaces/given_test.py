"""Networks that are given node by node."""

import dataclasses
import json

import hypothesis
import pytest
from hypothesis import strategies as st

from ednas_tf import errors, spaces
from ednas_tf.spaces import Node, architecture, channels, presets, skeleton
from ednas_tf.spaces import space as space_file
from tests import small
from tests.spaces import strategies

_SETTINGS = hypothesis.settings(
    deadline=None, max_examples=50, derandomize=True
)
_FIXED = presets.build("resnet8", (8, 8, 3), 4)


@_SETTINGS
@hypothesis.given(st.data(), strategies.given_networks())
def test_files_round_trip(data, fixed):
    groups = channels.groups(fixed.nodes)
    counts = data.draw(strategies.counts(groups)) if groups else {}
    searched = spaces.with_operations(fixed, ["dw3"]).narrowed(counts)
    chosen = spaces.choose(searched.skeleton, [])
    assert space_file.from_json(searched.to_json()) == searched
    assert architecture.from_json(chosen.to_json()) == chosen


def test_a_file_tells_the_nodes_and_the_channels_that_are_left():
    fixed = dataclasses.replace(_FIXED, channels=(("stem", 3),))
    values = json.loads(json.dumps(fixed.to_dict()))
    assert values["channels"] == {"stem": 3}
    assert values["nodes"][0]["channels"] == 16
    assert skeleton.from_dict(values).nodes[0].channels == 3


def test_narrowing_again_starts_from_all_channels():
    searched = spaces.with_operations(_FIXED, [])
    again = searched.narrowed({"stem": 2}).narrowed({"stack1_conv1": 5})
    assert again.skeleton.channels == (("stack1_conv1", 5),)
    assert again.skeleton.nodes[0].channels == 16
    assert again.skeleton.whole_nodes == _FIXED.nodes


def test_a_given_network_has_nothing_to_choose_but_channels():
    searched = spaces.with_operations(_FIXED, ["dw3", "dw5"])
    assert (searched.slots, searched.size) == ((), 1)
    assert (_FIXED.slots(), _FIXED.branches(), _FIXED.fork) == ((), (), None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "a b"}, "names of letters"),
        ({"input_shape": (8, 8)}, "height, width and channels"),
        ({"num_classes": 5}, "Expected 5 classes of logits.*Received: 4"),
        ({"layers": _FIXED.layers[:-1]}, "ends with a dense and a softmax"),
        ({"channels": (("stem", 17),)}, "Expected 1 to 16 channels of stem"),
    ],
)
def test_values_that_cannot_be_are_named(change, message):
    with pytest.raises(errors.UserError, match=message):
        dataclasses.replace(_FIXED, **change)


def test_a_slot_is_refused():
    layers = (
        *(_FIXED.layers[0], Node("choice", "slot", ("stem",))),
        Node("pool", "pool", ("choice",)),
        *_FIXED.layers[-2:],
    )
    with pytest.raises(errors.UserError, match="without slots.*choice"):
        dataclasses.replace(_FIXED, layers=layers)


def test_spoiled_files_end_in_one_line_or_in_an_architecture():
    text = spaces.choose(_FIXED, []).to_json()
    short = {**json.loads(text), "nodes": json.loads(text)["nodes"][-3:]}
    short["nodes"][0]["inputs"] = ["image"]
    kept = {k: short[k] for k in short if k not in ("costs", "target", "core")}
    del kept["classes"]
    for spoiled in small.spoiled(json.dumps(kept)):
        try:
            assert architecture.from_json(spoiled)
        except errors.UserError as error:
            assert "\n" not in str(error)
