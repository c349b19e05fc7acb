"""The plot of a sweep: accuracy against cost, a front per memory budget."""

import itertools

from matplotlib import figure as figures

from ednas_tf.reporting import rows

_UNITS = {
    "energy_uj": ("energy of one image", "uJ", 1),
    "latency_us": ("latency of one image", "us", 1),
    "macs": ("multiply-accumulates of one image", "million", 1e6),
}
_REFERENCE_COLOUR = "black"
_MARKERS = "osD^vPX"
"""So that budgets are told apart without colours too."""
_DPI = 120


def write(content, path):
    """Draws what `pareto.collect` returned.

    Args:
        content: What `pareto.json` holds.
        path: File to write; the suffix tells the kind.
    """
    figure = figures.Figure((9, 5), layout="constrained")
    draw(figure, content)
    figure.savefig(path, dpi=_DPI)


def draw(figure, content):
    """Draws what `pareto.collect` returned into a figure of matplotlib."""
    axis = figure.subplots()
    _draw_budgets(axis, content)
    _draw_front(axis, content)
    _draw_reference(axis, content)
    name, unit, _ = _UNITS[content["cost"]]
    axis.set_xlabel(f"{name}, {unit}")
    axis.set_ylabel(f"accuracy of {content['artifact']}, %")
    axis.margins(0.06)
    axis.grid(color="0.92")
    axis.set_axisbelow(True)
    figure.legend(loc="outside right upper", frameon=False)


def _draw_budgets(axis, content):
    """Draws all points, and a line through the front of each budget."""
    known = {row["point"]: row for row in content["rows"]}
    groups = content["memory_budgets"]
    markers = itertools.cycle(_MARKERS)
    for group, colour in zip(groups, _colours(len(groups)), strict=True):
        points = [known[name] for name in group["points"]]
        axis.scatter(
            *_places(points, content),
            s=30,
            color=colour,
            marker=next(markers),
            label=_told(group),
            zorder=3,
        )
        axis.plot(
            *_places([known[name] for name in group["front"]], content),
            color=colour,
            linewidth=1.2,
            drawstyle="steps-post",
        )


def _draw_front(axis, content):
    known = {row["point"]: row for row in content["rows"]}
    axis.plot(
        *_places([known[name] for name in content["front"]], content),
        color="0.75",
        linewidth=5,
        marker="o",
        markersize=11,
        solid_capstyle="round",
        drawstyle="steps-post",
        label="overall front",
        zorder=1,
    )


def _draw_reference(axis, content):
    reference = content["reference"]
    if reference is None or reference["status"] != rows.DONE:
        return
    (cost,), (accuracy,) = _places([reference], content)
    style = {"color": _REFERENCE_COLOUR, "linestyle": "--", "linewidth": 0.8}
    axis.axhline(accuracy, **style)
    axis.axvline(cost, **style)
    axis.scatter(
        cost,
        accuracy,
        marker="*",
        s=160,
        color=_REFERENCE_COLOUR,
        label=_with_memory("reference network", reference["memory_bytes"]),
        zorder=4,
    )


def _places(points, content):
    """Returns costs in the unit of the plot, and accuracies in percent."""
    scale = _UNITS[content["cost"]][2]
    usable = [
        (row[content["cost"]] / scale, row[content["accuracy"]] * 100)
        for row in points
        if None not in (row[content["cost"]], row[content["accuracy"]])
    ]
    return [cost for cost, _ in usable], [high for _, high in usable]


def _told(group):
    """Returns the line of the legend for a memory budget."""
    budget, share = group["memory_budget_bytes"], group["memory_percent"]
    if budget is None:
        return "no memory budget"
    if share is None:
        return f"memory {budget / 1024:.3g} KiB"
    return _with_memory(f"memory {share:g} %", budget)


def _with_memory(text, size):
    return f"{text} ({size / 1024:.3g} KiB)"


def _colours(count):
    """Returns colours from dark to light, of which all are told apart."""
    from matplotlib import colormaps

    return [
        colormaps["plasma"](0.88 * place / max(1, count - 1))
        for place in range(count)
    ]
