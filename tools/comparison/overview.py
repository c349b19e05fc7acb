"""The one table of a comparison that the README shows."""

import dataclasses

from ednas_tf.reporting.page import formats
from tools.comparison import derivation, tables, wording


def table(comparison):
    """Returns the table for the README: int8 accuracy, tests, costs."""
    found = tables.accuracy(comparison)
    columns = [("difference", _difference)]
    columns += [("CPU s, search / training", _cpu)]
    columns += [("budget used", _used), ("within", _files)]
    if _measured(comparison):
        columns.append(("measured within", _measured_files))
    rows = [
        (*row, *(tell(comparison, name) for _, tell in columns))
        for row, name in zip(found.rows, comparison.labels, strict=True)
    ]
    header = (*found.header, *(title for title, _ in columns))
    return dataclasses.replace(found, header=header, rows=tuple(rows))


def note(comparison):
    """Returns how to read the `table`, as sentences."""
    told = (
        f"{tables.caption('accuracy_int8')}, mean over "
        f"{formats.plural(len(comparison.seeds), 'seed')} ± standard "
        "deviation of single networks; bold: the best of a column. "
        "Difference: the accuracy minus that of "
        f"“{tables.label(comparison)}” in points, over runs of equal target, "
        "budget and seed, averaged within each seed, and p of a paired t-test "
        "over seeds, not corrected for the number of tests. CPU: seconds for "
        "one network, without measuring operators, and the ratio. Budget "
        "used: mean share that exported files take, by counted latency; "
        "within: how many take no more, counted as the search counts."
    )
    if _measured(comparison):
        told += " Measured within: the same by the time of the whole file."
    codes = {row.code for row in comparison.runs if row.code}
    if len(codes) > 1:
        told += f" The rows are of {len(codes)} versions of the code."
    best = winners(comparison)
    return f"{told} {best}" if best else told


def winners(comparison):
    """Returns a sentence on which fixed kernel was the best where."""
    if not comparison.winners:
        return ""
    told = [
        f"“{comparison.labels[name]}” at {budget.name}"
        for budget, name in comparison.winners.items()
    ]
    name = comparison.labels[derivation.BEST_FIXED]
    return (
        f"{formats.sentence(name)}, chosen by these very test accuracies, "
        f"which favours it: {'; '.join(told)}."
    )


def _difference(comparison, name):
    """Returns the pooled difference of a contestant in a few words."""
    if name == comparison.reference:
        return "reference"
    found = comparison.difference(name)
    if not found.runs:
        return wording.NONE
    told = found.why or wording.equation(found.p)
    return f"{wording.signed(found.mean)} ({told})"


def _cpu(comparison, name):
    found = comparison.costs(name)
    search, training, ratio = (
        formats.fixed(value, places)
        for value, places in (
            (found.search_cpu_s, 0),
            (found.train_cpu_s, 0),
            (found.ratio, 2),
        )
    )
    told = f"{search} / {training}"
    return told if found.ratio is None else f"{told} ({ratio})"


def _used(comparison, name):
    return wording.percent(comparison.costs(name).used)


def _files(comparison, name):
    return wording.share(comparison.costs(name).within)


def _measured_files(comparison, name):
    return wording.share(comparison.costs(name).measured_within)


def _measured(comparison):
    return any(row.measured_us is not None for row in comparison.runs)
