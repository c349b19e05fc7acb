"""The lines on a terminal that change while a training runs."""

import sys
import time

import rich.console
from rich import live, progress_bar, table, text

_WIDEST = 100
_SECONDS = 0.2
_ECHO = 3
"""Columns left free: a terminal that answers Ctrl-C with ^C must not wrap."""
_SHARE = 100
"""Drawing takes at most one part in so many of the time."""


class _Console(rich.console.Console):
    """A console that leaves the cursor as it is.

    However a command ends, there is nothing to restore.
    """

    def show_cursor(self, show=True):
        """Does nothing, and says so."""
        del show
        return False


def terminal():
    """Returns a console if a person looks at a terminal, else None."""
    if not sys.stdout.isatty():
        return None
    found = console()
    return found if found.is_interactive else None


def console(**kwargs):
    """Returns a console; the arguments are those of rich's own."""
    return _Console(highlight=False, **kwargs)


class Bar:
    """A line with a bar and, below it, as many lines as the facts take.

    Args:
        console: The console of `terminal`.
        clock: Function that returns seconds.
    """

    def __init__(self, console, clock=time.perf_counter):
        self.console = console
        self.clock = clock
        self.live = None
        self.due = 0.0

    @property
    def is_due(self):
        """Whether enough time has passed for the bar to be drawn again."""
        return self.clock() >= self.due

    def draw(self, label, done, total, facts):
        """Draws the bar.

        Args:
            label: What stands before the bar.
            done: Steps that are done.
            total: All steps; None draws a bar that is always empty.
            facts: Pairs of a text and its style.
        """
        began = self.clock()
        if self.live is None:
            self._start()
        self.live.update(self._block(label, done, total, facts), refresh=True)
        now = self.clock()
        self.due = now + max(_SECONDS, _SHARE * (now - began))

    def tell(self, facts):
        """Writes lines that stay, and takes the bar away."""
        self.close()
        first, *rest = packed(facts, self._width() - 2)
        self.console.print(first)
        for line in rest:
            self.console.print(text.Text("  ") + line)

    def close(self):
        """Takes the bar away."""
        if self.live is not None:
            self.live.stop()
            self.live = None
        self.due = 0.0

    def _start(self):
        self.live = live.Live(
            console=self.console, auto_refresh=False, transient=True
        )
        self.live.start()

    def _width(self):
        return min(self.console.width, _WIDEST)

    def _block(self, label, done, total, facts):
        grid = table.Table.grid(padding=(0, 1), expand=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True)
        bar = progress_bar.ProgressBar(total or 1, done if total else 0)
        grid.add_row(label, bar, f"{done}/{total}" if total else f"{done}")
        width = self._width() - _ECHO
        whole = table.Table.grid()
        whole.add_column(width=width, no_wrap=True)
        whole.add_row(grid)
        for line in packed(facts, width):
            whole.add_row(line)
        return whole


def packed(facts, width):
    """Returns lines of facts, each fact whole unless it alone is too wide.

    Args:
        facts: Pairs of a text and its style.
        width: Columns of a line.
    """
    lines = [text.Text(no_wrap=True, overflow="ellipsis")]
    for words, style in facts:
        if len(lines[-1]) and len(lines[-1]) + 2 + len(words) > width:
            lines.append(text.Text(no_wrap=True, overflow="ellipsis"))
        lines[-1].append("  " if len(lines[-1]) else "")
        lines[-1].append(words, style)
    return lines
