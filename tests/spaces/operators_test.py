"""MACs and parameters, counted by hand."""

import pytest

from ednas_tf import spaces
from ednas_tf.spaces import operators
from tests import small


def totals(names, **kwargs):
    chosen = spaces.choose(small.skeleton(**kwargs), names)
    return operators.totals(operators.architecture_operators(chosen))


def test_fixed_part_of_a_chain_by_hand():
    rows = operators.fixed_operators(small.skeleton())
    stem = 9 * 3 * 64 + 3 * 4 * 64
    projections = 4 * 4 * 64 + 4 * 4 * 64 + 4 * 6 * 16
    weights = 9 * 3 + 3 * 4 + 4 * 4 + 4 * 4 + 4 * 6 + 6 * 4
    biases = 3 + 4 + 4 + 4 + 6 + 4
    assert operators.totals(rows) == {
        "macs": stem + projections + 6 * 4,
        "params": weights + biases,
        "memory_bytes": weights + 4 * biases,
    }


def test_fixed_part_of_previous_two_by_hand():
    fixed = small.skeleton("previous_two", expansion=2)
    rows = operators.fixed_operators(fixed)
    stem = 9 * 3 * 64 + 3 * 4 * 64
    expansions = (1 + 2 + 2) * 4 * 8 * 64
    projections = 8 * 4 * 64 + 8 * 4 * 64 + 8 * 6 * 16
    assert (
        operators.totals(rows)["macs"] == stem + expansions + projections + 24
    )
    sums = [row for row in rows if row.op == "add"]
    assert [row.out_c for row in sums] == [4, 8, 4, 8]


@pytest.mark.parametrize(
    ("name", "slot", "macs", "params"),
    [
        ("dw3", "block1", 9 * 4 * 64, 9 * 4 + 4),
        ("dw3d2", "block1", 9 * 4 * 64, 9 * 4 + 4),
        ("dw5", "block3", 25 * 4 * 16, 25 * 4 + 4),
        ("avg3", "block3", 9 * 4 * 16, 9 * 4 + 4),
        ("skip", "block1", 4 * 64, 4 + 4),
        ("max3", "block3", 4 * 16, 4 + 4),
    ],
)
def test_slots_by_hand(name, slot, macs, params):
    rows = operators.slot_operators(small.skeleton(), slot, name)
    received = operators.totals(rows)
    assert (received["macs"], received["params"]) == (macs, params)


def test_an_architecture_is_its_fixed_part_and_its_slots():
    nothing = totals(["skip"] * 3)["macs"]
    assert totals(["skip", "dw3", "skip"])["macs"] - nothing == 8 * 4 * 64


def test_the_relu_of_a_single_slot_is_fused_and_that_of_a_sum_is_not():
    alone = operators.slot_operators(small.skeleton(), "block2", "dw3")
    summed = operators.slot_operators(
        small.skeleton("previous_two"), "block2_input0", "dw3"
    )
    assert (alone[0].act, summed[0].act) == ("relu6", "none")
