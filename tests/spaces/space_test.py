"""Search spaces as values and as files."""

import hypothesis
import pytest

from ednas_tf import errors, spaces
from ednas_tf.spaces import space
from tests import small
from tests.spaces import strategies


@hypothesis.settings(deadline=None, max_examples=50, derandomize=True)
@hypothesis.given(strategies.search_spaces())
def test_json_round_trip(searched):
    assert space.from_json(searched.to_json()) == searched


def test_size_is_the_product_of_the_choices():
    assert small.space(("dw3", "dw5", "skip", "max3")).size == 4**3


def test_strided_slots_do_without_dilated_operations():
    searched = small.space(("dw3", "dw3d2"))
    received = [slot.operations for slot in searched.slots]
    assert received == [("dw3", "dw3d2"), ("dw3", "dw3d2"), ("dw3",)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("dw3", "skp"), "Unknown operation 'skp'. Did you mean 'skip'"),
        (("dw3d2",), "slot block3 .stride 2.*without dilation"),
        (("dw3", "dw3"), "each operation once in slot block1"),
        ((), "Expected an operation in slot block1"),
    ],
)
def test_wrong_operations_are_named(names, message):
    with pytest.raises(errors.UserError, match=message):
        small.space(names)


def test_a_dilated_operation_in_a_strided_slot_is_refused():
    slots = tuple(
        spaces.Slot(name, ("dw3", "dw3d2"))
        for name, _ in small.skeleton().slots()
    )
    with pytest.raises(errors.UserError, match="Remove dw3d2"):
        spaces.SearchSpace(small.skeleton(), slots)


def test_slots_must_be_those_of_the_skeleton():
    with pytest.raises(errors.UserError, match="Expected the slots"):
        spaces.SearchSpace(small.skeleton(), small.space().slots[:2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Not JSON"),
        ("[]", "names with values"),
        ("{}", "'schema' is missing"),
        ('{"schema": "ednas-space/9"}', "schema ednas-space/1"),
    ],
)
def test_wrong_files_are_explained(text, message):
    with pytest.raises(errors.UserError, match=message):
        space.from_json(text)


def test_no_spoiled_file_ends_in_another_error():
    for text in small.spoiled(small.space().to_json()):
        try:
            assert space.from_json(text).size > 0
        except errors.UserError as error:
            assert "\n" not in str(error)
