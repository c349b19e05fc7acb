"""What a terminal gets to see."""

import io
import re
import sys

import pytest
import rich.console

from ednas_tf.callbacks import bar

FACTS = [("95 s left", ""), ("loss 1.234", ""), ("accuracy 0.4567", "")]
FACTS += [("latency 15,120 of 16,690 us", "green"), ("temperature 2.1", "")]


def drawn(width, facts=FACTS, total=390):
    """Returns the lines of a bar, without colours and moves."""
    file = io.StringIO()
    console = rich.console.Console(
        file=file, force_terminal=True, width=width, _environ={}
    )
    shown = bar.Bar(console)
    shown.draw("search 3/10", 120, total, facts)
    text = file.getvalue()
    shown.close()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).splitlines()


@pytest.mark.parametrize("width", [24, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width):
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("width", [60, 80, 200])
def test_every_fact_is_there_and_whole(width):
    lines = drawn(width)
    for words, _ in FACTS:
        assert any(words in line for line in lines)
    assert "search 3/10" in lines[0]
    assert "120/390" in lines[0]


def test_a_bar_without_a_known_end_counts_steps():
    assert drawn(60, total=None)[0].rstrip().endswith(" 120")


def test_facts_fill_lines_and_stay_whole():
    lines = bar.packed([("aaaa", ""), ("bbb", ""), ("cccc", "")], 9)
    assert [line.plain for line in lines] == ["aaaa  bbb", "cccc"]


def test_drawing_takes_one_hundredth_of_the_time():
    times = iter([0.0, 3.0, 302.0, 303.5])
    console = rich.console.Console(
        file=io.StringIO(), force_terminal=True, _environ={}
    )
    shown = bar.Bar(console, clock=lambda: next(times))
    shown.draw("search", 1, 2, [])
    assert not shown.is_due  # It took 3 s, so until 303 s.
    assert shown.is_due
    shown.close()


def test_the_output_is_as_before_when_the_bar_is_gone():
    before = sys.stdout, sys.stderr
    drawn(60)
    assert (sys.stdout, sys.stderr) == before


def test_the_cursor_is_never_hidden():
    file = io.StringIO()
    console = bar.console(file=file, force_terminal=True, width=60)
    shown = bar.Bar(console)
    shown.draw("search", 1, 2, FACTS)
    shown.tell(FACTS)
    assert "\x1b[?25l" not in file.getvalue()


def test_a_file_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert bar.terminal() is None
