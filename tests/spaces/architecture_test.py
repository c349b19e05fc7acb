"""The file that the training needs, and nothing else."""

import json

import hypothesis
import pytest

from ednas_tf import errors, spaces
from ednas_tf.spaces import architecture
from tests import small
from tests.spaces import strategies


def chosen(**kwargs):
    return spaces.choose(small.skeleton(), ["dw3", "skip", "dw5"], **kwargs)


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(strategies.architectures())
def test_json_round_trip(one):
    assert architecture.from_json(one.to_json()) == one


def test_file_has_the_keys_of_the_contract():
    values = json.loads(chosen(costs={"macs": 5.0}, target="tda2").to_json())
    assert values["schema"] == "ednas-architecture/1"
    assert values["input_shape"] == [8, 8, 3]
    assert values["num_classes"] == 4
    assert values["slots"][2] == {
        "name": "block3",
        "operation": "dw5",
        "channels": 4,
    }
    assert values["costs"] == {"macs": 5.0}
    assert {"space", "target", "lut_sha256"} <= set(values)


def test_operation_of_a_slot():
    assert chosen().operation("block2") == "skip"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["dw3", "dw4", "dw5"], "Unknown operation 'dw4'. Did you mean 'dw"),
        (["dw3", "dw3", "dw3d2"], "Slot block3 has stride 2"),
    ],
)
def test_wrong_operations_are_named(names, message):
    with pytest.raises(errors.UserError, match=message):
        spaces.choose(small.skeleton(), names)


def test_channels_must_be_those_of_the_skeleton():
    choices = (spaces.Choice("block1", "dw3", 99), *chosen().choices[1:])
    with pytest.raises(errors.UserError, match="slots and channels"):
        spaces.Architecture(small.skeleton(), choices)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "Not JSON"),
        ("[1]", "names with values"),
        ("{}", "'schema' is missing"),
        ('{"schema": "ednas-lut/1"}', "schema ednas-architecture/1"),
        (" " * 4_000_001, "at most 4000000 bytes"),
        ("[" * 100_000, "Not"),
    ],
)
def test_wrong_files_are_explained(text, message):
    with pytest.raises(errors.UserError, match=message):
        architecture.from_json(text)


def test_no_spoiled_file_ends_in_another_error():
    text = chosen(costs={"macs": 5.0}, classes=("a", "b")).to_json()
    for spoiled in small.spoiled(text):
        try:
            assert len(architecture.from_json(spoiled).choices) == 3
        except errors.UserError as error:
            assert "\n" not in str(error)
