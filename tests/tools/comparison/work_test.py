"""What workers do, where that takes no training."""

import json

import pytest

from ednas_tf import errors, hardware, spaces
from tools.comparison import work

_SPACE = (
    "--dataset=digits",
    "--space=tiny",
    "--width=0.375",
    "--stem_kernel=3",
    "--operations=dw3,dw5",
    "--target=tda2",
)
_CHANNELS = ("--search_channels", "--channel_multiple=8")


def latency(found):
    """Returns the cost of what a job passes on, by a table of its own."""
    network = spaces.architecture.from_json(json.dumps(found["architecture"]))
    slots = tuple(spaces.Slot(c.slot, (c.operation,)) for c in network.choices)
    space = spaces.SearchSpace(network.skeleton, slots)
    table = hardware.table.generate(space, hardware.targets.load("tda2"))
    return hardware.costs.build(space, table).smallest()["latency_us"]


def drawn(tmp_path, *given):
    bounds = work.do({"kind": "price", "given": [*_SPACE, *given]}, tmp_path)
    job = {
        "kind": "draw",
        "given": [*_SPACE, *given],
        "budget_us": 0.7 * bounds["largest_us"],
        "share": 0.8,
        "count": 6,
        "seed": 0,
    }
    return job, work.do(job, tmp_path)["found"]


@pytest.mark.parametrize("given", [(), _CHANNELS])
def test_draws_use_their_share_of_the_budget(given, tmp_path):
    job, found = drawn(tmp_path, *given)
    taken = [each["latency_us"] for each in found]
    assert taken == pytest.approx([latency(each) for each in found])
    least = job["share"] * job["budget_us"]
    assert all(least <= each <= job["budget_us"] for each in taken)
    networks = {each["operations"] + each["channels"] for each in found}
    assert len(networks) == job["count"]


def test_channels_are_drawn_where_they_are_searched(tmp_path):
    _, found = drawn(tmp_path, *_CHANNELS)
    assert len({each["channels"] for each in found}) > 1
    assert any("dw5" in each["operations"] for each in found)


def test_too_many_widths_are_refused(tmp_path):
    with pytest.raises(errors.UserError, match="larger --channel_multiple"):
        drawn(tmp_path, "--search_channels", "--channel_multiple=1")
