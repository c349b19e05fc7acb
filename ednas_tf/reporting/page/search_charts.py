"""Charts of a search and of a training, epoch by epoch."""

from ednas_tf.reporting import forms
from ednas_tf.reporting.page import charts, formats

_EXPECTED = "expected_"
_PATH = "loss_path"
_QUALITIES = (("accuracy", "accuracy"), ("pr_auc", "precision-recall area"))


def warmup_of(record):
    """Returns the last epoch of the warm-up, 0 without one."""
    if record.warmup is not None:
        return int(record.warmup.get("epochs") or 0)
    epochs = record.flag("warmup_epochs", ("search",))
    return int(epochs) if forms.finite(epochs) else 0


def of_search(record):
    """Returns pairs of caption and chart of the search."""
    rows, warmup = record.history, warmup_of(record)
    found = [
        ("Loss of the paths and on the validation split", _loss(rows, warmup)),
        *_qualities(rows, warmup),
    ]
    for column in _columns(rows, _EXPECTED):
        cost = column.removeprefix(_EXPECTED)
        caption = f"Expected {formats.word(cost).lower()}"
        found.append((caption, _expected(rows, column, record, warmup)))
    for column, style in (("temperature", 0), ("learning_rate", 0)):
        name = column.replace("_", " ")
        one = _series(rows, column, "", style)
        chart = charts.lines([one], f"{name} over epochs", "", warmup)
        found.append((name.capitalize(), chart))
    return [(caption, chart) for caption, chart in found if chart]


def of_channels(record):
    """Returns the chart of the channels that a search kept, or nothing."""
    groups = list(dict.fromkeys(row["group"] for row in record.channels))
    series = []
    for place, group in enumerate(groups):
        rows = [row for row in record.channels if row["group"] == group]
        one = _series(rows, "channels", group, place % charts.STYLES)
        series.append(one)
    chart = charts.lines(
        series, "Channels kept over epochs", "channels", warmup_of(record)
    )
    return [("Channels kept in each group", chart)] if chart else []


def of_training(record):
    """Returns pairs of caption and chart of the final training."""
    rows = record.train_history
    found = [
        ("Loss of the final training", _loss(rows, 0)),
        *_qualities(rows, 0),
    ]
    return [(caption, chart) for caption, chart in found if chart]


def _loss(rows, warmup):
    series = [_series(rows, "loss", "all", 0)] if rows else []
    for place, column in enumerate(_columns(rows, _PATH)):
        name = f"path {column.removeprefix(_PATH)}"
        series.append(_series(rows, column, name, 2 + place % 3))
    if len(series) == 2:  # One path alone is all of them.
        series.pop()
    if len(series) == 1:
        series = [_series(rows, "loss", "training", 0)]
    series.append(_series(rows, "val_loss", "validation", 1))
    return charts.lines(
        series, "Loss over epochs", "loss", warmup=warmup, steep=True
    )


def _qualities(rows, warmup):
    for column, name in _QUALITIES:
        series = [
            _series(rows, column, "training", 0, 100),
            _series(rows, f"val_{column}", "validation", 1, 100),
        ]
        chart = charts.lines(
            series, f"{name} over epochs", f"{name}, %", warmup
        )
        yield name.capitalize(), chart


def _expected(rows, column, record, warmup):
    cost = column.removeprefix(_EXPECTED)
    values = [row[column] for row in rows if forms.finite(row.get(column))]
    budget = record.budgets.get(cost, {}).get("budget")
    largest = max([*values, budget or 0], default=0)
    unit, factor = formats.unit_of(cost, largest)
    name = formats.word(cost).lower()
    return charts.lines(
        [_series(rows, column, "expected", 0, 1 / factor)],
        f"Expected {name} over epochs",
        f"{name}, {unit}".removesuffix(", "),
        warmup=warmup,
        limit=None if budget is None else ("budget", budget / factor),
    )


def _columns(rows, start):
    """Returns the columns whose names start so."""
    return [
        name for name in (rows[0] if rows else ()) if name.startswith(start)
    ]


def _series(rows, column, name, style, factor=1.0):
    points = tuple(
        (row["epoch"], row[column] * factor)
        for row in rows
        if forms.finite(row.get(column)) and forms.finite(row["epoch"])
    )
    return charts.Series(name, points, style)
