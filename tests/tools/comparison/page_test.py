"""The page of a comparison: whole, offline, escaped, also when half done."""

import html.parser
import re

import pytest

from ednas_tf import errors
from tests.tools.comparison import example
from tools.comparison import page

_VOID = {"meta", "img", "br", "link"}


class _Balance(html.parser.HTMLParser):
    """Keeps the tags that are open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def whole():
    return page.text(example.full(), example.protocol())


def test_tags_are_balanced(whole):
    parser = _Balance()
    parser.feed(whole)
    assert parser.open == []


def test_nothing_is_fetched_and_nothing_runs(whole):
    assert "<script" not in whole
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", whole)
    assert whole.count("data:image/svg+xml;base64,") == 2


def test_it_tells_what_how_and_every_run(whole):
    protocol = example.protocol()
    assert f"<title>{protocol.title}</title>" in whole
    assert protocol.description in whole
    assert f"<pre>{protocol.command}</pre>" in whole
    runs = whole[whole.index('<section id="runs"') :]
    assert runs.count("<tr>") == 1 + len(example.full())


def test_best_figures_are_bold(whole):
    assert re.search(r'<td class="num"><b>\d\d\.\d\d ± ', whole)


def test_names_are_escaped():
    protocol = example.protocol(
        labels={"two_paths": "<b>&"}, command="<i>", title="<u>"
    )
    shown = page.text([example.row(operations="<s>")], protocol)
    for tag in ("<b>&", "<i>", "<u>", "<s>"):
        assert tag not in shown
    assert "&lt;b&gt;&amp;" in shown


def test_a_comparison_half_done_is_shown_with_dashes():
    rows = [example.row("dw3"), example.row("random", target="host")]
    shown = page.text(rows, example.protocol())
    assert '<td class="num">–</td>' in shown


def test_it_is_written_whole(tmp_path):
    page.write([example.row()], example.protocol(), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")


def test_no_rows_are_a_mistake():
    with pytest.raises(errors.UserError):
        page.text([], example.protocol())
