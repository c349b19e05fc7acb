"""Networks in a few words, and counted over seeds."""

from ednas_tf.reporting.comparison import choices
from tests.reporting import made_runs


def test_equal_neighbours_are_told_once():
    network = made_runs.network(("dw5", "dw5", "dw3"))
    assert choices.told(network) == "dw5 ×2, dw3"
    assert choices.told(None) == ""


def test_operations_are_counted_slot_by_slot():
    names = [("dw3", "dw5", "dw3"), ("dw3", "dw3", "dw3")]
    found = choices.operations([*map(made_runs.network, names), None])
    assert found == {
        "block1": {"dw3": 2, "dw5": 0},
        "block2": {"dw3": 1, "dw5": 1},
        "block3": {"dw3": 2, "dw5": 0},
    }


def test_operation_that_nobody_chose_is_counted_if_offered():
    found = choices.operations([made_runs.network()], {"dw11"})
    assert found["block1"] == {"dw3": 1, "dw5": 0, "dw11": 0, "skip": 0}


def test_table_has_a_row_for_each_network():
    names, rows = choices.table([made_runs.network(), None])
    assert names == ["block1", "block2", "block3"]
    assert rows == [["dw3", "skip", "dw5"], [None, None, None]]
