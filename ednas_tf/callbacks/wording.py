"""How the figures of a training read."""

FIGURES = (
    "loss",
    "accuracy",
    "pr_auc",
    "val_loss",
    "val_accuracy",
    "val_pr_auc",
)
"""What an epoch of a training is told by."""
EXPECTED = "expected_"
"""What the name of an expected cost begins with in the logs."""
_UNITS = ("us", "uj", "bytes")


def shown(logs):
    """Returns the `(name, value)` pairs of the logs that people are told."""
    names = [name for name in FIGURES if name in logs]
    names += [name for name in logs if name.startswith(EXPECTED)]
    names += ["temperature"] if "temperature" in logs else []
    return [(name, float(logs[name])) for name in names]


def budgets(model):
    """Returns the budgets of a searcher by the cost's name, {} of others."""
    cost_loss = getattr(model, "cost_loss", None)
    objectives = cost_loss.objectives if cost_loss else ()
    return {o.cost: o.budget for o in objectives if o.budget is not None}


def fact(name, value, bounds):
    """Returns a figure as in `expected_latency_us 15,120 of 16,690`.

    Args:
        name: Its name in the logs.
        value: Its value.
        bounds: Budgets by the cost's name.
    """
    budget = bounds.get(name.removeprefix(EXPECTED))
    of = "" if budget is None else f" of {number(budget)}"
    return f"{name} {number(value)}{of}"


def short(name, value, bounds):
    """Returns a figure as in `latency 15,120 of 16,690 us`."""
    if not name.startswith(EXPECTED):
        return fact(name, value, bounds)
    cost = name.removeprefix(EXPECTED)
    return priced(cost, value, bounds.get(cost))


def priced(cost, value, budget=None):
    """Returns a cost as in `latency 15,120 us`, with its budget if any."""
    what, _, unit = cost.rpartition("_")
    if unit not in _UNITS:
        what, unit = cost, ""
    of = "" if budget is None else f" of {number(budget)}"
    return f"{what.replace('_', ' ')} {number(value)}{of} {unit}".rstrip()


def number(value):
    """Returns a number with four digits, or with all before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def duration(seconds):
    """Returns a time as in `95 s`, `12 min` or `3 h 20 min`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"
