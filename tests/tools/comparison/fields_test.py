"""Values of a file as dataclasses."""

import dataclasses
import typing

import pytest

from ednas_tf import errors
from tools.comparison import fields


class _Part(typing.NamedTuple):
    label: str
    flags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Whole:
    count: int
    share: float = 0.5
    ready: bool = False
    parts: tuple[_Part, ...] = ()
    best: _Part | None = None


def test_values_are_held_by_the_classes_of_the_annotations():
    part = {"label": "a", "flags": ["--b"]}
    found = fields.build(_Whole, {"count": 1, "parts": [part], "best": part})
    held = _Part("a", ("--b",))
    assert found == _Whole(1, parts=(held,), best=held)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "Expected count to be a whole number. Received: none"),
        ({"count": True}, "count to be a whole number. Received: True"),
        ({"count": 1, "share": "1"}, "share to be a finite number"),
        ({"count": 1, "share": True}, "share to be a finite number"),
        ({"count": 1, "share": float("inf")}, "share to be a finite number"),
        ({"count": 1, "share": 10**400}, "share to be a finite number"),
        ({"count": 1, "ready": 1}, "ready to be true or false. Received: 1"),
        ({"count": 1, "parts": {}}, "parts to be a list of tables"),
        ({"count": 1, "parts": [3]}, "parts[0] to be a table. Received: 3"),
        ({"count": 1, "best": []}, "best to be a table. Received: []"),
        ({"count": 1, "best": {}}, "best.label to be text. Received: none"),
        ({"cuont": 1}, "Unknown key 'cuont'. Did you mean 'count'?"),
        ({"count": 1, "best": {"lable": ""}}, "Unknown key of best 'lable'"),
    ],
)
def test_what_does_not_fit_is_told(values, told):
    with pytest.raises(errors.UserError) as caught:
        fields.build(_Whole, values)
    assert told in str(caught.value)


def test_what_was_received_is_told_in_one_short_line():
    with pytest.raises(errors.UserError) as caught:
        fields.build(_Whole, {"count": "a\n" * 1000})
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
