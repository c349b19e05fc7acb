"""How wide a network can be within a cost."""

from tools.comparison import widening


def _sum(counts):
    return float(sum(counts.values()))


def test_widest_grows_as_a_whole_and_uses_what_is_left():
    sizes = {"stem": 32, "body": 64}
    # 8 8, 8 16, 16 16, 16 24, 16 32: then 56 is one block too many.
    found = widening.widest(_sum, sizes, 50)
    assert found == {"stem": 16, "body": 32}


def test_widest_looks_behind_a_group_that_is_too_dear():
    def cost(counts):
        return 1000.0 * (counts["stem"] > 8) + counts["body"]

    found = widening.widest(cost, {"stem": 32, "body": 64}, 100)
    assert found == {"stem": 8, "body": 64}


def test_widest_is_no_wider_than_the_groups():
    assert widening.widest(_sum, {"a": 12, "b": 4}, 100) == {"a": 8, "b": 4}


def test_nothing_is_narrow_enough():
    assert widening.widest(_sum, {"a": 32, "b": 32}, 15) is None
