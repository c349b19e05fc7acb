"""Pictures of a comparison: accuracies, and differences to the reference."""

import io

import matplotlib
from matplotlib import figure as figures

from ednas_tf.runs import store
from tools.comparison import derivation, looks, summary, tables

_DPI = 120
_WIDTH = 10.0
"""Inches; 1,200 pixels."""
_GROUP = 0.84
"""Share of the distance between budgets that their markers take."""
_QUIET = {"color": "0.6", "linewidth": 0.8, "zorder": 1}
_DOT = {"marker": "o", "markeredgewidth": 0, "color": "0.72", "markersize": 2.6}
_GAP = 0.24
"""Distance of the dots of runs from the line of their mean, in rows."""
# The same rows give the same bytes, and text needs no fonts to be seen.
_SVG = {"svg.hashsalt": "comparison", "svg.fonttype": "path"}


def write(rows, protocol, folder):
    """Writes `accuracy` and `differences` as PNG and as SVG.

    Args:
        rows: `rows.Row` values.
        protocol: `summary.ProtocolSummary`.
        folder: Folder for the four files.

    Returns:
        Their names.
    """
    held, names = store.Store(folder), []
    for name, draw in (("accuracy", accuracy), ("differences", differences)):
        figure = draw(rows, protocol)
        held.write_with(f"{name}.png", figure.savefig)
        held.write_text(f"{name}.svg", svg(figure))
        names += [f"{name}.png", f"{name}.svg"]
    return names


def svg(figure):
    """Returns a figure as the text of an SVG file."""
    buffer = io.StringIO()
    with matplotlib.rc_context(_SVG):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def accuracy(rows, protocol):
    """Draws int8 accuracy against budgets, a panel for each target.

    A marker is a mean over seeds, its bar the standard deviation; small dots
    are single draws of the random contestant. The numbers below the markers
    are those of the legend.

    Args:
        rows: `rows.Row` values.
        protocol: `summary.ProtocolSummary`.

    Returns:
        A figure of matplotlib.
    """
    comparison = summary.compare(rows, protocol)
    shown = looks.of(comparison)
    targets = comparison.targets
    figure, axes = _panels(targets, 4.6 + 0.1 * len(shown))
    for axis, target in zip(axes, targets, strict=True):
        budgets = [b for b in comparison.budgets if b.target == target]
        _draw_target(axis, comparison, shown, budgets)
    axes[0].set_ylabel("accuracy of the int8 file, %")
    _draw_legend(figure, axes[0], shown)
    return figure


def differences(rows, protocol):
    """Draws the differences to the reference, a panel for each target.

    A marker is the mean over seeds, its line the 95 % interval of that mean,
    and small dots are runs (of one seed and budget).

    Args:
        rows: `rows.Row` values.
        protocol: `summary.ProtocolSummary`.

    Returns:
        A figure of matplotlib.
    """
    comparison = summary.compare(rows, protocol)
    shown = looks.of(comparison, derived=True)
    shown.pop(comparison.reference, None)
    targets = comparison.targets
    figure, axes = _panels(
        targets, 1.1 + 0.4 * len(shown), sharex=True, sharey=True
    )
    for axis, target in zip(axes, targets, strict=True):
        axis.axvline(0, color="0.2", linewidth=1, zorder=1)
        for place, (name, look) in enumerate(shown.items()):
            found = comparison.difference(name, target=target)
            _draw_difference(axis, place, found, look)
        if not comparison.has_shared_runs(target=target):
            axis.text(0.02, 0.02, "no shared runs", transform=axis.transAxes)
        axis.set_title(target, loc="left", fontweight="bold")
        axis.grid(axis="x", color="0.92")
    labels = [look.label for look in shown.values()]
    axes[0].set_yticks(range(len(labels)), labels)
    axes[0].set_ylim(len(labels) - 0.4, -0.6)
    reference = tables.label(comparison)
    figure.supxlabel(
        f"int8 accuracy minus that of “{reference}”, points", fontsize=10
    )
    return figure


def _panels(targets, height, **shared):
    """Returns a figure and its axes, one for each target, side by side."""
    figure = figures.Figure((_WIDTH, height), _DPI, layout="constrained")
    axes = figure.subplots(1, len(targets), squeeze=False, **shared)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.set_axisbelow(True)
    return figure, axes


def _draw_legend(figure, axis, shown):
    """Tells the markers below all panels."""
    marks = [(look.told, look.marks) for look in shown.values()]
    if derivation.RANDOM in shown:
        marks.append(("a single random draw", _DOT))
    handles = [
        axis.plot([], [], linestyle="", label=told, **look)[0]
        for told, look in marks
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False
    )


def _draw_target(axis, comparison, shown, budgets):
    """Draws the budgets of one target beside each other."""
    step = _GROUP / max(1, len(shown))
    minor = {}
    for group, budget in enumerate(budgets):
        if group % 2:
            axis.axvspan(group - 0.5, group + 0.5, color="0.965", zorder=0)
        for place, (name, look) in enumerate(shown.items()):
            x = group + (place - (len(shown) - 1) / 2) * step
            minor[x] = look
            _draw_members(axis, x, step, comparison.at(name, budget))
            found = comparison.accuracy(name, budget)
            _draw_mean(axis, x, found, look)
            if name == comparison.reference and found.mean is not None:
                ends = (group - _GROUP / 2, group + _GROUP / 2)
                axis.plot(ends, [found.mean] * 2, ":", **_QUIET)
    _label(axis, budgets, minor)


def _label(axis, budgets, minor):
    """Numbers the markers, and names the budgets below the numbers."""
    # Else the number in the middle gives way to the name of the budget.
    axis.xaxis.remove_overlapping_locs = False
    names = [f"{budget.budget_us:,.0f} us" for budget in budgets]
    axis.set_xticks(range(len(budgets)), names)
    numbers = [str(look.number) for look in minor.values()]
    axis.set_xticks(list(minor), numbers, minor=True, fontsize=6.5)
    for text, look in zip(
        axis.get_xticklabels(minor=True), minor.values(), strict=True
    ):
        text.set_color(look.colour)
    axis.tick_params(axis="x", which="minor", length=2, pad=2)
    axis.tick_params(axis="x", which="major", length=0, pad=16)
    axis.set_xlim(-0.5, len(budgets) - 0.5)
    axis.set_title(budgets[0].target, loc="left", fontweight="bold")
    axis.grid(axis="y", color="0.92")


def _draw_members(axis, x, step, rows):
    """Draws the draws of a random contestant, spread over its column."""
    many = {row.member for row in rows} - {0}
    found = [row for row in rows if row.accuracy_int8 is not None]
    if not many or not found:
        return
    columns = max(many) + 1
    axis.scatter(
        [x + (row.member / columns - 0.5) * step * 0.9 for row in found],
        [row.accuracy_int8 * 100 for row in found],
        s=_DOT["markersize"] ** 2,
        color=_DOT["color"],
        linewidths=0,
        zorder=2,
    )


def _draw_mean(axis, x, found, look):
    if found.mean is None:
        return
    axis.errorbar(
        x,
        found.mean,
        yerr=found.deviation,
        linestyle="",
        elinewidth=look.line,
        ecolor=look.colour,
        zorder=look.order,
        **look.marks,
    )


def _draw_difference(axis, place, found, look):
    if not found.runs:
        return
    axis.scatter(
        found.points,
        [place + _GAP] * found.runs,
        s=10,
        color=look.colour,
        alpha=0.55,
        linewidths=0,
        zorder=2,
    )
    if found.interval:
        axis.plot(found.interval, [place] * 2, color=look.colour, linewidth=1.6)
    axis.plot(found.mean, place, linestyle="", zorder=4, **look.marks)
