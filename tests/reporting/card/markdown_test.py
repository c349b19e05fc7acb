"""Whatever a value holds, Markdown shows it as it is."""

import hypothesis
import markdown_it
import pytest
from hypothesis import strategies

from ednas_tf.reporting.card import markdown
from tests.reporting import made_runs

_PARSER = markdown_it.MarkdownIt("gfm-like", {"linkify": False})
_TEXTS = strategies.text("ab_*`|<>[]()!#~&\\$ \n-+.1:/x", min_size=1)


def _shown(text):
    """Returns the text of one paragraph and the kinds of its parts."""
    _, inline, _ = _PARSER.parse(text)
    parts = inline.children
    return "".join(part.content for part in parts), {p.type for p in parts}


@hypothesis.settings(deadline=None, max_examples=200, derandomize=True)
@hypothesis.given(_TEXTS)
def test_text_is_shown_as_it_is(value):
    shown, kinds = _shown(f"a {markdown.text(value)} z")
    expected = " ".join(f"a {value} z".split())
    assert " ".join(shown.split()) == expected
    assert kinds <= {"text", "text_special"}


@hypothesis.settings(deadline=None, max_examples=100, derandomize=True)
@hypothesis.given(_TEXTS)
def test_code_is_shown_as_it_is(value):
    shown, _ = _shown(f"a {markdown.code(value)} z")
    assert " ".join(shown.split()) == " ".join(f"a {value} z".split())


def test_table_keeps_its_columns_whatever_is_in_it():
    table = markdown.table(("name", ">n"), [(made_runs.HOSTILE, "1")])
    tokens = _PARSER.parse(table)
    cells = [t for t in tokens if t.type in ("td_open", "th_open")]
    assert len(cells) == 4
    assert not [t for t in tokens if t.type == "html_block"]


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1234567, 0, "1,234,567"), (0.98765, 4, "0.9877"), (None, 2, "-")],
)
def test_numbers_are_told_with_separators(value, digits, expected):
    assert markdown.number(value, digits) == expected
