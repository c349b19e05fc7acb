"""Which operators of this machine are measured where channels are searched."""

import pytest
from absl import flags

from ednas_tf import config, hardware, spaces
from ednas_tf.spaces import presets
from ednas_tf.stages import prices

_MULTIPLE = 8
_COUNTS = {"stem_pointwise": 8, "stage2_block1_project": 16}


def priced(space):
    """Returns the `Prices` of a space whose channels are searched here."""
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["test", "--dataset=digits", "--target=host"])
    settings = config.from_flags()
    target = prices.target_of(settings)
    return prices.price(settings, space, target, _MULTIPLE)


def tiny():
    skeleton = presets.build("tiny", (32, 32, 3), 10, width=0.25)
    return spaces.with_operations(skeleton, ("dw3", "dw5"))


def test_few_widths_are_all_measured(clock):
    found = priced(tiny())
    assert found.status == "measured"
    assert found.costs.at(_COUNTS).filled == 0


def test_many_widths_lie_between_measured_ones(clock, monkeypatch):
    monkeypatch.setattr(prices, "_MOST_MEASURED", 5)
    found = priced(tiny())
    assert "entries estimated" in found.status


def test_a_narrow_network_costs_its_own_operators(clock):
    """Each takes a microsecond for each channel above one that it makes."""
    space = tiny()
    costs = priced(space).costs
    narrow = space.narrowed(_COUNTS)
    rows = hardware.table.fixed_operators(narrow)
    slots = hardware.table.slot_candidates(narrow)
    expected = sum(r.out_c - 1 for r in rows)
    expected += sum(r.out_c - 1 for slot in slots for r in slot[0])
    chosen = [0] * len(space.slots)
    told = costs.at(_COUNTS).discrete(chosen)["latency_us"]
    assert told == pytest.approx(expected + 2.0)
