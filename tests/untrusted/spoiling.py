"""Ways in which a file goes wrong, as strategies of Hypothesis."""

import copy
import json

from hypothesis import strategies as st

_WRONG = (
    None,
    True,
    -1,
    0,
    1.5,
    10**18,
    10**30,
    -(10**400),
    float("nan"),
    float("inf"),
    1e308,
    "",
    "a\nb\0\u2028",
    "\ud800",
    "../../etc/passwd",
    "x" * 3000,
    [],
    {},
    [[[[]]]],
    {"": {"a": []}},
    ["a", 1, None],
)


@st.composite
def of_json(draw, values):
    """Draws the bytes of JSON in which one to three values are wrong."""
    values = copy.deepcopy(values)
    for _ in range(draw(st.integers(1, 3))):
        owner, key = draw(st.sampled_from(list(_places(values)) or [(None, 0)]))
        action = draw(st.sampled_from(["replace", "drop", "wrap", "double"]))
        if owner is None:
            values = draw(st.sampled_from(_WRONG))
        elif action == "drop":
            del owner[key]
        elif action == "wrap":
            owner[key] = {"a": [owner[key]]}
        elif action == "double" and isinstance(owner, list):
            owner.append(copy.deepcopy(owner[key]))
        else:
            owner[key] = copy.deepcopy(draw(st.sampled_from(_WRONG)))
    return json.dumps(values).encode()


def _places(values):
    """Yields pairs of a list or dictionary and a key of it."""
    if not isinstance(values, (list, dict)):
        return
    keys = list(values) if isinstance(values, dict) else range(len(values))
    for key in keys:
        yield values, key
        yield from _places(values[key])


@st.composite
def of_bytes(draw, content):
    """Draws bytes with some flipped, left out, put in or cut off."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.sampled_from([1, 1, 2, 4, 40]))
        action = draw(st.sampled_from(["change", "drop", "put", "cut"]))
        end = place + length
        if action == "change":
            content[place:end] = draw(st.binary(min_size=1, max_size=length))
        elif action == "drop":
            del content[place:end]
        elif action == "put":
            content[place:place] = draw(
                st.sampled_from([b"9" * 400, b"-", b"\0", b'"', b"\n", b","])
                | st.binary(max_size=8)
            )
        elif draw(st.booleans()):
            del content[place:]
    return bytes(content)
