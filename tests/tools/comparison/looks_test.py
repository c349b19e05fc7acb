"""Markers and colours tell contestants apart."""

from tests.tools.comparison import example
from tools.comparison import looks, summary


def _looks(rows, derived=True, **protocol):
    protocol = example.protocol(**protocol)
    return looks.of(summary.compare(rows, protocol), derived)


def test_no_two_contestants_look_alike():
    found = _looks(example.full(1)).values()
    kinds = {(each.colour, each.marker, each.hollow) for each in found}
    assert len(kinds) == len(found) == len(example.LABELS) + 3


def test_the_reference_is_the_largest():
    found = _looks(example.full(1), reference="dw5")
    assert max(found, key=lambda name: found[name].size) == "dw5"


def test_looks_stay_while_a_comparison_goes_on():
    whole = _looks(example.full(1))
    rows = [example.row("joint"), example.row("dw7")]
    for name, look in _looks(rows, derived=False).items():
        assert look == whole[name]


def test_the_best_fixed_kernel_is_no_marker_of_its_own():
    assert "best_fixed" not in _looks(example.full(1), derived=False)


def test_many_contestants_have_looks():
    labels = {"two_paths": "a"} | {f"c{n}": f"c{n}" for n in range(30)}
    rows = [example.row(name) for name in labels]
    assert len(_looks(rows, labels=labels, fixed=tuple(labels)[1:9])) == 32
