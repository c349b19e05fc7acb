"""How wide a network can be within a cost."""

from tools.comparison import widening


def _sum(counts):
    return float(sum(counts.values()))


def test_widest_is_that_of_the_largest_width_multiplier():
    sizes = {"stem": 32, "body": 64}
    # Half of it is 48 wide; at 9/16 the body has 40 channels, 56 in all.
    found = widening.widest(_sum, sizes, 50)
    assert found == {"stem": 16, "body": 32}


def test_a_group_is_rounded_to_the_nearest_block():
    sizes = {"stem": 32, "body": 176}
    # The stem gets its second block at 12/32, the body its eighth at 60/176.
    found = widening.widest(_sum, sizes, 72)
    assert found == {"stem": 8, "body": 64}


def test_what_a_multiplier_leaves_is_used():
    def cost(counts):
        return 10.0 * counts["stem"] + counts["body"]

    sizes = {"stem": 32, "body": 64}
    # At 12/32 the stem alone would cost 160. Below, the body has 20 channels,
    # rounded to 24; the room that is left takes two blocks more.
    found = widening.widest(cost, sizes, 120)
    assert found == {"stem": 8, "body": 40}


def test_widest_looks_behind_a_group_that_is_too_dear():
    def cost(counts):
        return 1000.0 * (counts["stem"] > 8) + counts["body"]

    found = widening.widest(cost, {"stem": 32, "body": 64}, 100)
    assert found == {"stem": 8, "body": 64}


def test_widest_is_no_wider_than_the_groups():
    assert widening.widest(_sum, {"a": 12, "b": 4}, 100) == {"a": 8, "b": 4}


def test_nothing_is_narrow_enough():
    assert widening.widest(_sum, {"a": 32, "b": 32}, 15) is None
